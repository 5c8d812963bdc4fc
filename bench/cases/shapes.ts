import type { Case } from '../case.js';
import {
  fourCosts,
  fourLimits,
  openPool,
  type PoolOptions,
  served,
  type Work,
} from '../keypool.js';
import { timed } from '../timed.js';
import { main } from './selectors.js';

/** Four limits at once, keys that share limits, models with limits of their own. */
export function* shapes(): Generator<Case> {
  for (const { name, make } of main) {
    for (const { row, pool, works } of SHAPES) {
      const measure = () => timed(served(openPool({ ...pool, selector: make }), works));
      yield { group: 'shapes', row: `${name}, ${row}`, subject: 'keypool', measure };
    }
  }
}

interface Shape {
  readonly row: string;
  readonly pool: Omit<PoolOptions, 'selector'>;
  readonly works?: readonly Work[];
}

const SHAPES: readonly Shape[] = [
  {
    row: '1,000 keys, four limits',
    pool: { keys: 1_000, limits: fourLimits },
    works: [fourCosts],
  },
  {
    row: '10,000 keys, four limits',
    pool: { keys: 10_000, limits: fourLimits },
    works: [fourCosts],
  },
  { row: '10,000 keys, groups of 1', pool: grouped(1) },
  { row: '10,000 keys, groups of 10', pool: grouped(10) },
  { row: '10,000 keys, groups of 1,000', pool: grouped(1_000) },
  {
    row: '1,000 keys, 20 model classes',
    pool: { keys: 1_000 },
    works: Array.from({ length: 20 }, (_, index) => ({ request: { model: `model-${index}` } })),
  },
];

function grouped(size: number): Shape['pool'] {
  const keyOptions = (index: number) => ({ group: `group-${Math.floor(index / size)}` });
  return { keys: 10_000, keyOptions };
}
