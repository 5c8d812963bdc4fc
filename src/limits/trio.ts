import type { ReadContext, Readings } from './family.js';
import type { LimitReading } from './limit-update.js';
import { members, parseCount } from './parse/number.js';
import { type Policy, parsePolicies, windowOf } from './parse/policies.js';
import { type DeltaUnit, parseWait, seconds } from './parse/reset.js';
import { windowName } from './parse/units.js';
import { leftOf, limitReading, ReadingsDraft } from './readings-draft.js';

/** The headers of limits that are counted in requests and named `…-limit`, `…-remaining`, `…-reset`. */
export interface TrioNames {
  readonly limit: string;
  readonly remaining: string;
  readonly used: string;
  readonly usage: string;
  readonly reset: string;
  readonly resetAfter: string;
  readonly resetTime: string;
  readonly policy: string;
}

export function trioNames(prefix: string): TrioNames {
  return {
    limit: `${prefix}-limit`,
    remaining: `${prefix}-remaining`,
    used: `${prefix}-used`,
    usage: `${prefix}-usage`,
    reset: `${prefix}-reset`,
    // A second reset that needs no clock (Discord); where present it is the better one.
    resetAfter: `${prefix}-reset-after`,
    resetTime: `${prefix}-resettime`,
    policy: `${prefix}-policy`,
  };
}

/** Longer lists are not looked at. */
const MAX_LIMITS = 16;

/**
 * The trio that most APIs send. Each header may hold a list of parallel limits (`1, 15000`) or what
 * several hops have written; the one with the least remaining governs. The limit may carry its
 * policy (`100;w=60`), or several behind it (`100, 100;w=60`: IETF drafts up to 05).
 */
export function readTrio(names: TrioNames, unit: DeltaUnit, context: ReadContext): Readings {
  const { header, now } = context;
  const { limits, policies } = readLimitField(header(names.limit));
  policies.push(...parsePolicies(header(names.policy)));
  const remainings = remainingsOf(names, limits, context);
  const resets = resetsOf(names, unit, context);
  const count = Math.min(MAX_LIMITS, Math.max(1, remainings.length));
  const readings = Array.from({ length: count }, (_, index): LimitReading | undefined => {
    const limit = at(limits, index, count);
    const isParallel = policies.length === count && count > 1;
    const windowMs = isParallel ? policies[index]?.windowMs : windowOf(limit, policies);
    const remaining = remainings[index];
    return limitReading({ limit, remaining, resetMs: at(resets, index, count), windowMs }, now);
  });
  const draft = new ReadingsDraft();
  draft.addAll(
    'requests',
    readings.map((reading, index) => ({ name: windowName(reading?.windowMs, index), reading })),
  );
  return draft.done();
}

/** Of lists of other lengths, only the first member is trusted. */
function at<Value>(values: readonly Value[], index: number, count: number): Value | undefined {
  return values.length === count ? values[index] : values[0];
}

interface LimitField {
  readonly limits: (number | undefined)[];
  readonly policies: Policy[];
}

function readLimitField(text: string | undefined): LimitField {
  if (text === undefined) return { limits: [], policies: [] };
  const isPlain = !/[;:]/.test(text);
  if (isPlain) return { limits: members(text).map(parseCount), policies: [] };
  const bucket = burstAndRate(text);
  if (bucket !== undefined) return bucket;
  const policies = [...parsePolicies(text)];
  const quotas = policies.map(({ quota }) => quota);
  const hasPolicies = policies.some(({ windowMs }) => windowMs !== undefined);
  const isEachItsOwn = policies.every(({ windowMs }) => windowMs !== undefined);
  // In `100, 100;w=60` the first is the limit, and what follows are its policies.
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

function remainingsOf(
  { remaining, used, usage }: TrioNames,
  limits: LimitField['limits'],
  { header }: ReadContext,
): (number | undefined)[] {
  const text = header(remaining);
  if (text !== undefined) return members(withoutPolicy(text)).map(parseCount);
  const usedText = header(used) ?? header(usage);
  const counts = usedText === undefined ? [] : members(usedText).map(parseCount);
  if (counts.length !== limits.length) return [];
  return counts.map((count, index) => {
    return leftOf(limits[index], count);
  });
}

function resetsOf(
  { reset, resetAfter, resetTime }: TrioNames,
  unit: DeltaUnit,
  context: ReadContext,
): (number | undefined)[] {
  const read = (name: string, deltaUnit: DeltaUnit): (number | undefined)[] => {
    const text = context.header(name);
    return text === undefined
      ? []
      : members(withoutPolicy(text)).map((member) => parseWait(member, context, deltaUnit));
  };
  const exact = read(resetAfter, seconds);
  if (exact[0] !== undefined) return exact;
  const stated = read(reset, unit);
  return stated[0] === undefined ? read(resetTime, seconds) : stated;
}

/** Some repeat the policy in every header: `76;w=21600` (Docker Hub). */
function withoutPolicy(text: string): string {
  return text.replace(/;\s*w=[^,]*/g, '');
}
