import { isKeyPoolError } from '../../src/core/errors.js';
import type { ResponseFacts } from '../../src/limits/limit-update.js';
import type { KeyPool } from '../../src/pool/key-pool.js';
import type { RunRequest } from '../../src/pool/run.js';
import type { FakeClock } from '../../src/testing/fake-clock.js';

export interface TrafficOptions {
  readonly pool: KeyPool;
  readonly clock: FakeClock;
  /** A caller comes every so many milliseconds, for so long. */
  readonly everyMs: number;
  readonly forMs: number;
  /** How long the provider takes to answer. */
  readonly latencyMs?: number;
  readonly request?: RunRequest;
  readonly answer: (keyId: string, now: number) => ResponseFacts;
}

/** What callers and the provider saw. */
export interface Traffic {
  served: number;
  /** Answers that `run` handed back though they were no success. */
  returned: number;
  failed: number;
  /** Each request that reached the provider. */
  readonly attempts: { readonly id: string; readonly at: number; readonly status: number }[];
}

/** Callers that come evenly and use `run`; runs the clock until the last is answered. */
export async function traffic(options: TrafficOptions): Promise<Traffic> {
  const { clock, everyMs, forMs } = options;
  const seen: Traffic = { served: 0, returned: 0, failed: 0, attempts: [] };
  for (let at = 0; at < forMs; at += everyMs) {
    clock.setTimer(() => void oneCall(options, seen), at);
  }
  await clock.advance(forMs);
  return seen;
}

async function oneCall(
  { pool, clock, latencyMs = 0, request = {}, answer }: TrafficOptions,
  seen: Traffic,
) {
  try {
    const result = await pool.run(request, async ({ id }) => {
      if (latencyMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, latencyMs));
      const response = answer(id, clock.now());
      seen.attempts.push({ id, at: clock.now(), status: response.status });
      return response;
    });
    if (result.status < 300) seen.served += 1;
    else seen.returned += 1;
  } catch (error) {
    if (!isKeyPoolError(error)) throw error;
    seen.failed += 1;
  }
}
