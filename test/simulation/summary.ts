import type { WorldReport } from './simulate.js';

/** Worlds with this much load or more could have used all of the capacity. */
const FULL_LOAD = 1.2;

export interface Summary {
  readonly worlds: number;
  readonly calls: number;
  readonly late429: number;
  readonly early429: number;
  readonly overruns: number;
  readonly starved: number;
  readonly unbalanced: number;
  /** Of the fully loaded worlds. */
  readonly medianUsed: number;
  readonly p5Used: number;
  /** In the second half of the load, of all worlds. */
  readonly refusedShare: number;
  /** In the second half of the load, of the fully loaded worlds. */
  readonly medianSteadyUsed: number;
  readonly meanSteadyUsed: number;
  readonly leastSteadyUsed: number;
}

export function sumUp(reports: readonly WorldReport[]): Summary {
  const total = (pick: (report: WorldReport) => number) =>
    reports.reduce((sum, report) => sum + pick(report), 0);
  const loaded = reports.filter(({ world }) => world.load >= FULL_LOAD);
  const used = loaded.map((report) => report.used);
  const steadyUsed = loaded.map(({ steady }) => steady.used);
  return {
    worlds: reports.length,
    calls: total((report) => report.calls),
    late429: total((report) => report.late429),
    early429: total((report) => report.early429),
    overruns: total((report) => report.overruns),
    starved: total((report) => report.starved),
    unbalanced: total((report) => report.unbalanced),
    medianUsed: quantile(used, 0.5),
    p5Used: quantile(used, 0.05),
    refusedShare: total(({ steady }) => steady.refused) / total(({ steady }) => steady.sent),
    medianSteadyUsed: quantile(steadyUsed, 0.5),
    meanSteadyUsed: steadyUsed.reduce((sum, share) => sum + share, 0) / steadyUsed.length,
    leastSteadyUsed: quantile(steadyUsed, 0),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

export function summarise(reports: readonly WorldReport[]): string {
  const summary = sumUp(reports);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return (
    `${summary.worlds} worlds, ${summary.calls} calls: ${summary.late429} 429s after a group's first ` +
    `reading, ${summary.early429} before it; ${summary.overruns} overruns by late metering; capacity used ` +
    `(load ≥ ${FULL_LOAD}): median ${percent(summary.medianUsed)}, p5 ${percent(summary.p5Used)}; ` +
    `second half: ${percent(summary.refusedShare)} of the calls refused, used median ` +
    `${percent(summary.medianSteadyUsed)}, mean ${percent(summary.meanSteadyUsed)}, least ${percent(summary.leastSteadyUsed)}; ` +
    `${summary.starved} starved, ${summary.unbalanced} leases or waiters left`
  );
}
