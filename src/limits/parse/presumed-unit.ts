import { COMMON_WINDOWS_MS } from '../../core/common-windows.js';
import type { LimitName } from './limit-name.js';
import { type DeltaUnit, seconds, unitless } from './reset.js';

/** What a bare number counts under this name: of a window's length nothing, unless it is said. */
export function presumedUnit(name: LimitName, provider: string): DeltaUnit {
  const { stem, figure, thing, windowMs, unitMs, isThingFirst } = name;
  if (unitMs !== undefined) return () => unitMs;
  if (figure === 'reset-at') return none;
  if (!figure.startsWith('reset')) return unitless;
  if (stem === 'x-rate-limit' && IN_MILLISECONDS.has(provider)) return milliseconds;
  if (figure === 'reset-after' || figure === 'resettime' || windowMs !== undefined) return seconds;
  // OpenAI's order, in which Azure writes milliseconds and seconds; RapidAPI's is the other.
  if (thing !== '') return isThingFirst ? seconds : unitless;
  return UNIT_OF_STEM.get(stem) ?? unitless;
}

const milliseconds: DeltaUnit = () => 1;

/** An instant is no delta, whatever the unit of its fellows. */
const none: DeltaUnit = () => Number.NaN;

/** Past an hour, a bare delta is as likely milliseconds (Prisjakt: 600000) as many hours of seconds. */
const upToAnHour: DeltaUnit = (value) => (value <= 3600 ? 1000 : undefined);

/** Others, such as `x-rate-limit`, write as often milliseconds as seconds. */
const UNIT_OF_STEM: ReadonlyMap<string, DeltaUnit> = new Map([
  ['ratelimit', seconds],
  ['rate-limit', upToAnHour],
  ['x-ratelimit', upToAnHour],
]);

/**
 * By their documentation: tiendanube.github.io/api-documentation/intro,
 * developer.prisjakt.nu/docs/sections/rate-limit.
 */
const IN_MILLISECONDS: ReadonlySet<string> = new Set(['nuvemshop', 'tiendanube', 'prisjakt']);

/** How far off a proof may be, for rounding. */
const TOLERANCE = 0.01;

/**
 * Milliseconds per unit of a bare reset that in one unit, and in no other, is the time in which a
 * bucket of some common window refills what was used, or all of a window that this call began.
 */
export function provenUnit(
  value: number,
  limit: number | undefined,
  remaining: number | undefined,
): number | undefined {
  if (limit === undefined || remaining === undefined || remaining >= limit) return undefined;
  const shares = limit - remaining === 1 ? [1 / limit, 1] : [(limit - remaining) / limit];
  const waits = COMMON_WINDOWS_MS.flatMap((windowMs) => shares.map((share) => share * windowMs));
  const fitting = [1, 1000].filter((unitMs) =>
    waits.some((waitMs) => Math.abs((value * unitMs) / waitMs - 1) <= TOLERANCE),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
