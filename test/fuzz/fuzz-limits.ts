import type { LimitUpdate } from '../../src/limits/limit-update.js';
import { readLimits } from '../../src/limits/read-limits.js';
import { Random } from '../../src/testing/fake-provider/random.js';
import { type RandomResponse, randomResponse } from './random-response.js';

/** What `readLimits` promises of any wait or window. */
const MAX_WAIT_MS = 400 * 86_400_000;

/** What a run of the fuzzer has seen; the shares show that it does not only see rubbish. */
export interface LimitsFuzz {
  readonly responses: number;
  /** Responses of which anything was understood. */
  readonly understood: number;
  readonly withWait: number;
  /** The first offences, with what brings them back. */
  readonly offences: readonly string[];
}

const MAX_OFFENCES = 5;

/** Reads `count` random responses: same seed, same responses. */
export function fuzzLimits(seed: number, count: number): LimitsFuzz {
  const random = new Random(seed);
  const now = Date.UTC(2026, 0, 1);
  const offences: string[] = [];
  let understood = 0;
  let withWait = 0;
  for (let index = 0; index < count && offences.length < MAX_OFFENCES; index += 1) {
    const response = randomResponse(random);
    try {
      const update = readLimits({ ...facts(response, random), now });
      if (Object.keys(update).length > 0) understood += 1;
      if (update.retryAfterMs !== undefined) withWait += 1;
      const offence = offenceIn(update, now);
      if (offence !== undefined) offences.push(`${offence}: ${JSON.stringify(response)}`);
    } catch (error) {
      offences.push(`threw ${String(error)}: ${JSON.stringify(response)}`);
    }
  }
  return { responses: count, understood, withWait, offences };
}

/** As a `Headers` object where it is possible, to try both ways in. */
function facts({ provider, headers, ...rest }: RandomResponse, random: Random) {
  const source = random.next() < 0.2 ? (asHeaders(headers) ?? headers) : headers;
  return { ...rest, headers: source, ...(provider === undefined ? {} : { provider }) };
}

function asHeaders(headers: Readonly<Record<string, string>>): Headers | undefined {
  try {
    return new Headers(headers);
  } catch {
    return undefined;
  }
}

function offenceIn(update: LimitUpdate, now: number): string | undefined {
  const { retryAfterMs = 0, group, extra, ...dimensions } = update;
  if (!(retryAfterMs >= 0 && retryAfterMs <= MAX_WAIT_MS)) return `waits ${retryAfterMs}`;
  if (group !== undefined && !(group.length > 0 && group.length <= 200)) return 'odd group';
  for (const reading of [...Object.values(dimensions), ...Object.values(extra ?? {})]) {
    const { limit = 0, remaining = 0, resetAt = now, windowMs = 1 } = reading;
    if (![limit, remaining, resetAt, windowMs].every(Number.isFinite)) return 'not finite';
    if (limit < 0) return `limit ${limit}`;
    if (resetAt < now || resetAt > now + MAX_WAIT_MS) return `resets in ${resetAt - now}`;
    if (windowMs <= 0 || windowMs > MAX_WAIT_MS) return `window ${windowMs}`;
  }
  return undefined;
}
