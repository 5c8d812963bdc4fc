import type { Roster } from './roster.js';

/** What the keys of a pool have spent and have left, in one unit. */
export interface SpendTotal {
  readonly unit: string;
  /** Keys of which a reading is known. */
  readonly keys: number;
  /** Sums over the keys that state the figure, absent where none does; a named account counts once. */
  readonly spent?: number;
  readonly remaining?: number;
}

/** Units are never mixed. */
export function sumSpend(roster: Roster): readonly SpendTotal[] {
  const totals = new Map<string, { keys: number; spent?: number; remaining?: number }>();
  const counted = new Set<string>();
  for (const { spend } of roster.keys()) {
    if (spend === undefined) continue;
    const { unit, account, spent, limit, remaining } = spend;
    const total = totals.get(unit) ?? { keys: 0 };
    totals.set(unit, total);
    total.keys += 1;
    if (account !== undefined) {
      const name = JSON.stringify([unit, account]);
      if (counted.has(name)) continue;
      counted.add(name);
    }
    if (spent !== undefined) total.spent = (total.spent ?? 0) + spent;
    const left = remaining ?? leftOf(limit, spent);
    if (left !== undefined) total.remaining = (total.remaining ?? 0) + Math.max(0, left);
  }
  return Object.freeze([...totals].map(([unit, total]) => Object.freeze({ unit, ...total })));
}

function leftOf(limit: number | null | undefined, spent: number | undefined): number | undefined {
  return typeof limit === 'number' && spent !== undefined ? limit - spent : undefined;
}
