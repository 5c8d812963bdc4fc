import type { Cut } from './commas.js';
import { parseGoDuration } from './duration.js';
import { parseCount } from './number.js';
import { type Policy, parsePolicies } from './policies.js';

/** What a limit's header holds: numbers, and what they are for. */
export interface LimitField {
  readonly limits: readonly (number | undefined)[];
  readonly policies: readonly Policy[];
  readonly windowMs?: number | undefined;
}

/**
 * A count, a list of parallel counts, or counts with their policies (`100;w=60`); in `100, 100;w=60`
 * the first is the limit, and what follows are its policies.
 */
export function readLimitField(text: string | undefined, cut: Cut): LimitField {
  if (text === undefined) return { limits: [], policies: [] };
  if (!/[;:]/.test(text)) {
    const limits = cut(text).map(parseCount);
    // ASP.NET writes the time that the limit is for: `1m`.
    const windowMs = limits[0] === undefined ? parseGoDuration(text) : undefined;
    return { limits, policies: [], windowMs };
  }
  const bucket = burstAndRate(text);
  if (bucket !== undefined) return bucket;
  const policies = parsePolicies(text);
  const quotas = policies.map(({ quota }) => quota);
  const hasPolicies = policies.some(({ windowMs }) => windowMs !== undefined);
  const isEachItsOwn = policies.every(({ windowMs }) => windowMs !== undefined);
  return {
    limits: hasPolicies && !isEachItsOwn ? quotas.slice(0, 1) : quotas,
    policies: policies.filter(({ windowMs }) => windowMs !== undefined),
  };
}

/** A bucket's size and its rate per second, as in `burst:100;rate:10`. */
function burstAndRate(text: string): LimitField | undefined {
  const [, burst] = /(?:^|;)\s*burst\s*:\s*(\d{1,15})\s*(?:;|$)/.exec(text) ?? [];
  return burst === undefined ? undefined : { limits: [Number(burst)], policies: [] };
}
