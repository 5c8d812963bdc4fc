import type { Case } from '../case.js';
import { type Crowd, crowdName } from '../crowd.js';
import { openPool, refused, served } from '../keypool.js';
import { timed } from '../timed.js';
import { choosingPeers } from './choosing-peers.js';
import { main, others, type SelectorCase } from './selectors.js';

/** Choosing one of many keys under a limit a minute, using it, giving it back. */
export function* choose(): Generator<Case> {
  for (const crowd of crowds()) {
    for (const selector of main) yield* row(selector, crowd, !isIn(MAIN, crowd));
    for (const selector of others) yield* row(selector, crowd, !isIn(OTHERS, crowd));
  }
}

/** Every tryAcquire finds all keys exhausted. */
export function* refuse(): Generator<Case> {
  for (const keys of SIZES) {
    const crowd = { keys, exhausted: 1 };
    for (const selector of main) yield* row(selector, crowd, !isIn(REFUSED, crowd));
    for (const selector of others) yield* row(selector, crowd, true);
  }
}

const SIZES = [1, 10, 100, 1_000, 10_000, 100_000];

/** What is measured without `--full`: by the number of keys, the shares of them that are exhausted. */
type Told = ReadonlyMap<number, readonly number[]>;

const MAIN: Told = new Map([
  [1, [0]],
  [10, [0]],
  [100, [0]],
  [1_000, [0]],
  [10_000, [0, 0.5, 0.9, 0.99]],
  [100_000, [0, 0.99]],
]);
const OTHERS: Told = new Map([[10_000, [0, 0.99]]]);
const REFUSED: Told = new Map([
  [1, [1]],
  [10_000, [1]],
  [100_000, [1]],
]);

function isIn(told: Told, { keys, exhausted = 0 }: Crowd): boolean {
  return told.get(keys)?.includes(exhausted) === true;
}

function* crowds(): Generator<Crowd> {
  for (const keys of SIZES) {
    // Of one key, nine tenths are none.
    const shares = keys === 1 ? [0] : [0, 0.5, 0.9, 0.99];
    for (const exhausted of shares) yield { keys, exhausted };
  }
}

function* row(selector: SelectorCase, crowd: Crowd, isExtra: boolean): Generator<Case> {
  const { name, make, keyOptions, works } = selector;
  const row = `${name}, ${crowdName(crowd)}`;
  const group = crowd.exhausted === 1 ? 'refuse' : 'choose';
  const measure = () => {
    const pool = openPool({ ...crowd, selector: make, keyOptions });
    return timed(crowd.exhausted === 1 ? refused(pool) : served(pool, works));
  };
  yield { group, row, subject: 'keypool', isExtra, measure };
  for (const peer of choosingPeers(name, crowd)) yield { group, row, ...peer };
}
