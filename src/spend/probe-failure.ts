import { eraseSecret } from '../core/erase-secret.js';
import { isKeyPoolError, SpendProbeError } from '../core/errors.js';
import { scrub } from '../failure/scrub.js';

/** What a probe threw, as an error of ours. Its words may hold the key, and so may its cause. */
export function probeFailure(error: unknown, secret: string): SpendProbeError {
  const words = wordsOf(error);
  if (!isKeyPoolError(error, 'SPEND_PROBE_FAILED')) {
    // The key first: what else looks like one may take half of it away.
    return new SpendProbeError('probe', `The probe failed: ${scrub(eraseSecret(words, secret))}`);
  }
  const { kind, status, retryAfterMs } = error;
  return new SpendProbeError(kind, eraseSecret(words, secret), {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function wordsOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : 'what it threw is no error';
  } catch {
    return 'what it threw does not tell what it is';
  }
}
