import type { Case } from '../case.js';
import { awaited, openPool } from '../keypool.js';
import { timed } from '../timed.js';
import { main } from './selectors.js';

/** `await acquire()` that need not wait: what a promise adds to tryAcquire. */
export function* awaits(): Generator<Case> {
  for (const { name, make } of main) {
    for (const keys of [1_000, 10_000]) {
      const row = `${name}, ${keys.toLocaleString('en')} keys, await acquire()`;
      const measure = () => timed(awaited(openPool({ keys, selector: make })));
      yield { group: 'await', row, subject: 'keypool', measure };
    }
  }
}
