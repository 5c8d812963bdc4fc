import type { Account } from './account.js';
import type { BudgetRules } from './budget.js';

const HOUR_MS = 3_600_000;

/** When a budget ends, if money goes on going as it does. Durations in milliseconds. */
export interface SpendForecast {
  readonly unit: string;
  /** In `unit`. */
  readonly burnPerHour: number;
  /** `Infinity` when idle, or without a budget; 0 when it is reached. */
  readonly timeToThreshold: number;
  readonly timeToLimit: number;
  /** Rates that were averaged: the more, the surer. */
  readonly samples: number;
}

/** One account's; `undefined` before its first reading. */
export function forecastOf(account: Account, rules: BudgetRules): SpendForecast | undefined {
  const { reading, burn } = account;
  if (reading === undefined) return undefined;
  const { mean: rate, samples } = burn;
  return forecast(reading.unit, { ...account.room(rules), rate, samples });
}

/** All accounts of one unit together: Σ room / Σ rate. One without a budget makes the times endless. */
export function forecastAll(accounts: Iterable<Account>, rules: BudgetRules): SpendForecast[] {
  const units = new Map<string, Sum>();
  for (const account of accounts) {
    const { reading, burn } = account;
    if (reading === undefined) continue;
    const sum = units.get(reading.unit) ?? { rate: 0, toThreshold: 0, toLimit: 0, samples: 0 };
    const { toThreshold, toLimit } = account.room(rules);
    sum.rate += burn.mean;
    sum.toThreshold += Math.max(0, toThreshold);
    sum.toLimit += Math.max(0, toLimit);
    sum.samples += burn.samples;
    units.set(reading.unit, sum);
  }
  return [...units].map(([unit, sum]) => forecast(unit, sum));
}

interface Sum {
  rate: number;
  toThreshold: number;
  toLimit: number;
  samples: number;
}

function forecast(
  unit: string,
  { rate, toThreshold, toLimit, samples }: Readonly<Sum>,
): SpendForecast {
  return Object.freeze({
    unit,
    burnPerHour: rate * HOUR_MS,
    timeToThreshold: timeFor(toThreshold, rate),
    timeToLimit: timeFor(toLimit, rate),
    samples,
  });
}

function timeFor(room: number, rate: number): number {
  if (room <= 0) return 0;
  return rate > 0 ? room / rate : Infinity;
}
