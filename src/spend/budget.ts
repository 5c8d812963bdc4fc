import type { OverBudgetReason } from './spend-pool.js';
import type { SpendFigures, SpendReading } from './spend-probe.js';

/** Sums of cents wobble in their last digits. */
const TINY = 1e-9;

export interface BudgetRules {
  /** Share of a limit at which a key is replaced. */
  readonly threshold: number;
  /** What must remain, in the reading's unit. */
  readonly minRemaining: number | undefined;
}

/** How much may be spent yet, in the reading's unit: negative beyond, `Infinity` where nothing bounds it. */
export interface Room {
  readonly toThreshold: number;
  readonly toLimit: number;
}

/** What a reading leaves, less what was spent that it does not show yet: by its tightest budget. */
export function roomIn(reading: SpendReading, unseen: number, rules: BudgetRules): Room {
  const { exceeded = false, others = [] } = reading;
  if (exceeded) return { toThreshold: 0, toLimit: 0 };
  let { toThreshold, toLimit } = roomOf(reading, unseen, rules);
  for (const budget of others) {
    const room = roomOf(budget, unseen, rules);
    toThreshold = Math.min(toThreshold, room.toThreshold);
    toLimit = Math.min(toLimit, room.toLimit);
  }
  return { toThreshold, toLimit };
}

/** A `remaining` goes before `limit − spent`: it knows of credits that no limit names. */
function roomOf(
  { spent, limit, remaining }: SpendFigures,
  unseen: number,
  { threshold, minRemaining }: BudgetRules,
): Room {
  const bound = limit ?? undefined;
  // Of a budget of nothing nothing is left, whatever was spent.
  if (bound === 0 && remaining === undefined) return { toThreshold: 0, toLimit: 0 };
  const left = remaining ?? (bound === undefined || spent === undefined ? Infinity : bound - spent);
  const used = bound === undefined ? undefined : remaining === undefined ? spent : bound - left;
  const byShare =
    bound === undefined || used === undefined ? Infinity : bound * threshold - used - unseen;
  const byRest = minRemaining === undefined ? Infinity : left - unseen - minRemaining;
  const toLimit = left - unseen;
  return { toThreshold: Math.min(byShare, byRest, toLimit), toLimit };
}

export function reasonFor({ toThreshold, toLimit }: Room): OverBudgetReason | undefined {
  if (toLimit <= 0) return 'budget_exceeded';
  return toThreshold <= 0 ? 'proactive_threshold' : undefined;
}

/** A figure that grows by what is spent, and falls when the budget begins anew or is topped up. */
export function meterOf({ spent, limit, remaining }: SpendReading): number | undefined {
  if (spent !== undefined) return spent;
  if (remaining === undefined) return undefined;
  return (limit ?? 0) - remaining;
}

/** Whether figures of the two can be compared at all. */
export function isSameKind(one: SpendReading, other: SpendReading): boolean {
  return one.unit === other.unit && one.scope === other.scope;
}

/** Whether money came back between two readings: a reset, a top-up, a larger budget. */
export function isReset(before: SpendReading, after: SpendReading): boolean {
  if (after.exceeded === true) return false;
  if (before.exceeded === true) return true;
  return isSameKind(before, after) && (hasFallen(before, after) || hasGrown(before, after));
}

/** Whether the meter itself fell: what was counted before is no part of it any more. */
export function hasFallen(before: SpendReading, after: SpendReading): boolean {
  const [earlier, later] = [meterOf(before), meterOf(after)];
  return earlier !== undefined && later !== undefined && later < earlier - TINY * Math.abs(earlier);
}

function hasGrown(before: SpendReading, after: SpendReading): boolean {
  if (typeof before.limit !== 'number' || after.limit === undefined) return false;
  return after.limit === null || after.limit > before.limit;
}
