import { Secret } from '../../src/core/secret.js';
import type { KeyPoolOptions } from '../../src/pool/options.js';
import { MemorySpendHistory } from '../../src/spend/memory-spend-history.js';
import type { SpendCheckerOptions } from '../../src/spend/options.js';
import { SpendChecker } from '../../src/spend/spend-checker.js';
import type { SpendProbe, SpendReading } from '../../src/spend/spend-probe.js';
import { aPool, keys } from '../helpers/pool.js';

/** What a provider says of each key, by id; a function is asked at each probe. */
export type Figures = Partial<SpendReading> | Error | (() => Promise<Partial<SpendReading>>);

/** A provider in memory: figures are set by the test. */
export class Provider {
  readonly figures = new Map<string, Figures>();
  readonly asked: string[] = [];
  readonly probe: SpendProbe;

  constructor(traits: Pick<SpendProbe, 'lagMs' | 'minIntervalMs'> = { lagMs: 0 }) {
    const probe: SpendProbe = async ({ id }, { now }) => {
      this.asked.push(id);
      const found = this.figures.get(id) ?? { spent: 0, limit: 10 };
      if (found instanceof Error) throw found;
      const figures = typeof found === 'function' ? await found() : found;
      return { unit: 'usd', scope: 'key', asOf: now, ...figures };
    };
    this.probe = Object.assign(probe, traits);
  }

  says(id: string, figures: Figures): void {
    this.figures.set(id, figures);
  }
}

/** A checker of a pool with keys `a`, `b`, …, all on one clock. */
export function aChecker(
  options: Partial<SpendCheckerOptions> = {},
  poolOptions: KeyPoolOptions = { keys: keys(2) },
  traits?: Pick<SpendProbe, 'lagMs' | 'minIntervalMs'>,
) {
  const { pool, clock } = aPool(poolOptions);
  const provider = new Provider(traits);
  const history = new MemorySpendHistory();
  const { probe } = provider;
  const random = () => 0;
  const checker = new SpendChecker({ pool, probe, history, clock, random, ...options });
  return { pool, clock, provider, history, checker };
}

/** The same without a history, where checks need not wait for it. */
export const aForgetfulChecker: typeof aChecker = (options, poolOptions, traits) => {
  const made = aChecker(options, poolOptions, traits);
  const { pool, clock, provider } = made;
  const checker = new SpendChecker({
    pool,
    probe: provider.probe,
    clock,
    random: () => 0,
    ...options,
  });
  return { ...made, checker };
};

export const aKey = (secret = 'sk-spend-0123456789abcdef') => ({
  id: 'a',
  secret: new Secret(secret),
  labels: {},
});

/** A promise that the test settles. */
export function held<Value>() {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
