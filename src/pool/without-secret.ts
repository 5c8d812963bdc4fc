import { eraseSecret } from '../core/erase-secret.js';
import type { Secret } from '../core/secret.js';
import type { Failure } from '../failure/failure.js';

/** Some providers echo the key. Its pattern may be unknown; the key itself is not. */
export function withoutSecret(failure: Failure, secret: Secret): Failure {
  const { message, code } = failure;
  const text = secret.reveal();
  return {
    ...failure,
    ...(message === undefined ? {} : { message: eraseSecret(message, text) }),
    ...(code === undefined ? {} : { code: eraseSecret(code, text) }),
  };
}
