import type { Secret } from '../core/secret.js';
import type { Failure } from '../failure/failure.js';

/** Some providers echo the key. Its pattern may be unknown; the key itself is not. */
export function withoutSecret(failure: Failure, secret: Secret): Failure {
  const { message, code } = failure;
  const text = secret.reveal();
  return {
    ...failure,
    ...(message === undefined ? {} : { message: without(text, message) }),
    ...(code === undefined ? {} : { code: without(text, code) }),
  };
}

/** A text that was cut may end with the beginning of the secret. */
function without(secret: string, text: string): string {
  const clean = text.replaceAll(secret, '[secret]');
  for (let length = Math.min(secret.length, clean.length); length >= 4; length -= 1) {
    if (clean.endsWith(secret.slice(0, length))) return `${clean.slice(0, -length)}[secret]`;
  }
  return clean;
}
