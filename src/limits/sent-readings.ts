import type { ReadContext } from './family.js';
import { limitReading } from './limit-reading.js';
import type { LimitReading } from './limit-update.js';
import { parseDecimal } from './parse/number.js';
import { windowByPolicy } from './parse/policies.js';
import { provenUnit } from './parse/presumed-unit.js';
import { type DeltaUnit, FIRST_EPOCH, parseWait } from './parse/reset.js';
import type { Counts, SentLimit } from './sent-limit.js';

/** Longer lists are not looked at. */
const MAX_LIMITS = 16;

/** A reading of each limit in the lists; `sharedUnit` is asked where a reset's own name leaves it open. */
export function readingsOf(
  sent: SentLimit,
  sharedUnit: DeltaUnit,
  context: ReadContext,
): (LimitReading | undefined)[] {
  const { limits, remainings, policies, kind } = sent;
  const resets = resetsOf(sent, sharedUnit, context);
  const count = Math.min(MAX_LIMITS, Math.max(1, remainings.length));
  return Array.from({ length: count }, (_, index) => {
    const limit = at(limits, index, count);
    const isParallel = policies.length === count && count > 1;
    const policyMs = isParallel ? policies[index]?.windowMs : windowByPolicy(limit, policies);
    const windowMs = sent.windowMs ?? policyMs;
    const [remaining, resetMs] = [remainings[index], at(resets, index, count)];
    return limitReading({ limit, remaining, resetMs, windowMs, kind }, context);
  });
}

/** The unit that one bare reset betrays: all in a response have the same. */
export function betrayedUnit(sent: readonly SentLimit[]): number | undefined {
  for (const { limits, remainings, resets } of sent) {
    for (const { texts, unit } of resets) {
      const units = texts.map((text, index) => {
        const value = parseDecimal(text);
        if (value === undefined || value === 0 || value >= FIRST_EPOCH) return undefined;
        const unitMs = unit(value) ?? provenUnit(value, limits[index], remainings[index]);
        // Others are never presumed: where a name says them, it speaks for itself alone.
        return unit(value) === undefined || unitMs === 1000 ? unitMs : undefined;
      });
      const betrayed = units.find((unitMs) => unitMs !== undefined);
      if (betrayed !== undefined) return betrayed;
    }
  }
  return undefined;
}

/** Of lists of other lengths, only the first member is trusted. */
function at<Value>(values: readonly Value[], index: number, count: number): Value | undefined {
  return values.length === count ? values[index] : values[0];
}

/** By the first of the resets that is understood. */
function resetsOf({ resets }: SentLimit, sharedUnit: DeltaUnit, context: ReadContext): Counts {
  for (const { texts, unit } of resets) {
    const waits = texts.map((text) =>
      parseWait(text, context, (value) => unit(value) ?? sharedUnit(value)),
    );
    if (waits[0] !== undefined) return waits;
  }
  return [];
}
