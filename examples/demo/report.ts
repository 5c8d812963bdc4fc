import type { Dimension, KeyView } from 'keypool';
import { type Binding, callsAllowed } from './capacity.js';
import type { Result } from './contest.js';
import { number, percent, seconds, table } from './format.js';
import type { KeyReport } from './pool.js';

/** The contestants side by side. */
export function comparison(results: readonly Result[]): string {
  const row = (name: string, cell: (result: Result) => string) => [name, ...results.map(cell)];
  return table([
    row('', ({ name }) => name),
    row('calls offered', ({ offered }) => number(offered)),
    row('  of average size allowed', ({ bindings }) => number(callsAllowed(bindings))),
    row('calls served', ({ served }) => number(served)),
    row('  still waiting at the end', ({ offered, served }) => number(offered - served)),
    row('429s from the provider', ({ refused }) => number(refused)),
    row("  before a group's first reading", ({ early429 }) => number(early429)),
    row('  after it', ({ late429 }) => number(late429)),
    row("overruns by the provider's count", ({ overruns }) => number(overruns)),
    row('wait of served calls, p50', ({ waits }) => seconds(quantile(waits, 0.5))),
    row('  p95', ({ waits }) => seconds(quantile(waits, 0.95))),
    row('longest wait, served or not', ({ longestWaitMs }) => seconds(longestWaitMs)),
    row('capacity used (above 100 %: debt)', ({ share }) => percent(share)),
    ...(results[0]?.bindings ?? []).map(({ organisation, dimension }) =>
      row(`  ${dimension} of ${organisation}`, ({ bindings }) =>
        percent(shareOf(organisation, bindings)),
      ),
    ),
  ]);
}

/** What the pool found out about its keys. */
export function keyTable(keys: readonly KeyReport[]): string {
  return table([
    ['key', 'group found', 'calls', 'load', 'requests/min', 'input/min', 'output/min', 'cooldowns'],
    ...keys.map((key) => [
      key.id,
      key.group,
      number(key.calls),
      percent(key.load),
      learned(key, 'requests'),
      learned(key, 'inputTokens'),
      learned(key, 'outputTokens'),
      number(key.rests),
    ]),
  ]);
}

/** All of it in one sentence. */
export function summary(pool: Result, rival: Result, keys: readonly KeyReport[]): string {
  const groups = new Set(keys.map(({ group }) => group)).size;
  return (
    `Told ${keys.length} secrets and no limits, ${pool.name} found ${groups} groups, learned their ` +
    `limits and used ${percent(pool.share)} of them with ${number(pool.refused)} 429s for ` +
    `${number(pool.served)} calls; ${rival.name} with retries met ${number(rival.refused)} 429s ` +
    `for ${number(rival.served)}.`
  );
}

function shareOf(organisation: string, bindings: readonly Binding[]): number {
  return bindings.find((binding) => binding.organisation === organisation)?.share ?? 0;
}

/** The limit per minute that responses taught, whatever the model class. */
function learned({ limits }: KeyView, dimension: Dimension): string {
  for (const { [dimension]: limit } of Object.values(limits)) {
    if (limit?.source === 'learned') return number((limit.limit * 60_000) / limit.windowMs);
  }
  return 'unknown';
}

const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.floor(share * (ascending.length - 1))] ?? Number.NaN;
