import type { KeyPool, Lease } from 'keypool';
import type { Case } from '../case.js';
import { openPool, type Work } from '../keypool.js';
import { type Operate, timed } from '../timed.js';
import { VirtualClock } from '../virtual-clock.js';
import { main } from './selectors.js';

/** More is asked for than the keys may give; the time in between is made up. */
export function* load(): Generator<Case> {
  for (const { name, make } of main) {
    for (const { row, keys, limits, works, stepMs } of LOADS) {
      const measure = () => {
        const clock = new VirtualClock();
        const pool = openPool({ keys, limits, selector: make, clock });
        return timed(pressed(pool, clock, works, stepMs));
      };
      yield { group: 'load', row: `${name}, ${row}`, subject: 'keypool', measure };
    }
  }
}

const MINUTE = 60_000;
/** Calls under way at any time. */
const OUTSTANDING = 32;

const SMALL: Work = { request: { tokens: 200 }, usage: { tokens: 200 } };
const LARGE: Work = { request: { tokens: 20_000 }, usage: { tokens: 20_000 } };

const LOADS = [
  {
    row: '10,000 keys, 120 % of their requests',
    keys: 10_000,
    limits: { requests: { limit: 60, windowMs: MINUTE } },
    works: [{}],
    stepMs: MINUTE / (1.2 * 60 * 10_000),
  },
  {
    row: '1,000 keys, 110 % of their tokens, every tenth call a hundred times as large',
    keys: 1_000,
    limits: { tokens: { limit: 30_000, windowMs: MINUTE } },
    works: [LARGE, ...Array.from({ length: 9 }, () => SMALL)],
    // 2,180 tokens a call on average.
    stepMs: (MINUTE * 2_180) / (1.1 * 30_000 * 1_000),
  },
];

/** A call each `stepMs`, served or not, and a lease given back for each that is given out. */
function pressed(
  pool: KeyPool,
  clock: VirtualClock,
  works: readonly Work[],
  stepMs: number,
): Operate {
  const out: { readonly lease: Lease; readonly usage: Work['usage'] }[] = [];
  let turn = 0;
  const call = () => {
    const { request, usage } = works[turn % works.length] ?? {};
    turn += 1;
    const lease = pool.tryAcquire(request);
    if (lease === undefined) return false;
    out.push({ lease, usage });
    if (out.length <= OUTSTANDING) return true;
    const oldest = out.shift();
    oldest?.lease.settle(oldest.usage);
    oldest?.lease.release();
    return true;
  };
  // Nothing is left of the burst that full buckets allow.
  for (let refusals = 0; refusals < works.length; ) refusals = call() ? 0 : refusals + 1;
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      clock.moveOn(stepMs);
      call();
    }
  };
}
