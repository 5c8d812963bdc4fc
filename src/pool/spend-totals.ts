import type { Roster } from './roster.js';

/** What the keys of a pool have spent and have left, in one unit. */
export interface SpendTotal {
  readonly unit: string;
  /** Keys of which a reading is known. */
  readonly keys: number;
  /** Sums over the keys that state the figure; keys of one named account count once. */
  readonly spent: number;
  readonly remaining: number;
}

/** Units are never mixed. A key without a budget adds nothing to what remains. */
export function sumSpend(roster: Roster): readonly SpendTotal[] {
  const totals = new Map<string, { keys: number; spent: number; remaining: number }>();
  const counted = new Set<string>();
  for (const { spend } of roster.keys()) {
    if (spend === undefined) continue;
    const { unit, account, spent, limit, remaining } = spend;
    const total = totals.get(unit) ?? { keys: 0, spent: 0, remaining: 0 };
    totals.set(unit, total);
    total.keys += 1;
    if (account !== undefined) {
      if (counted.has(account)) continue;
      counted.add(account);
    }
    total.spent += spent ?? 0;
    total.remaining += Math.max(0, remaining ?? leftOf(limit, spent));
  }
  return Object.freeze([...totals].map(([unit, total]) => Object.freeze({ unit, ...total })));
}

function leftOf(limit: number | null | undefined, spent: number | undefined): number {
  return typeof limit === 'number' && spent !== undefined ? limit - spent : 0;
}
