import { describe, expect, it } from 'vitest';
import type { KeyView } from '../../src/key/key.js';
import { fromFunction } from '../../src/selector/from-function.js';
import { leastLoaded } from '../../src/selector/least-loaded.js';
import { powerOfTwo } from '../../src/selector/power-of-two.js';
import { roundRobin } from '../../src/selector/round-robin.js';
import type { Seat, Selector } from '../../src/selector/selector.js';
import { sticky } from '../../src/selector/sticky.js';
import { tiered } from '../../src/selector/tiered.js';
import { weighted } from '../../src/selector/weighted.js';
import { selectorContract } from '../../src/testing/selector-contract.js';

const lowestLoad = (ready: readonly KeyView[]): KeyView | undefined =>
  ready.reduce((best, view) => (view.load < best.load ? view : best));

const selectors: Readonly<Record<string, () => Selector>> = {
  'roundRobin()': roundRobin,
  'leastLoaded()': leastLoaded,
  'weighted()': weighted,
  'powerOfTwo()': powerOfTwo,
  'fromFunction(lowestLoad)': () => fromFunction(lowestLoad),
  'tiered(roundRobin())': () => tiered(roundRobin()),
  'tiered(leastLoaded())': () => tiered(leastLoaded()),
  'tiered(sticky(weighted()))': () => tiered(sticky(weighted())),
  'sticky(leastLoaded())': () => sticky(leastLoaded()),
  'sticky(powerOfTwo())': () => sticky(powerOfTwo()),
  'sticky(weighted(), a few affinities)': () => sticky(weighted(), { maxAffinities: 3 }),
  'sticky(tiered(roundRobin()))': () => sticky(tiered(roundRobin())),
};

for (const [name, makeSelector] of Object.entries(selectors)) {
  describe(name, () => {
    for (const rule of selectorContract) it(rule.name, () => rule.run(makeSelector));
  });
}

describe('the contract catches a selector that', () => {
  it('still offers a seat that was removed', () => {
    const brokenRules = rulesBrokenBy(() => ({ ...firstInSet(), remove() {} }));
    expect(brokenRules).toContain('offers nothing while no seat is in');
    expect(brokenRules).toContain('offers only seats that are in');
  });

  it('moves the turn on when it is asked', () => {
    expect(rulesBrokenBy(turnMovedByNext)).toEqual(['moves no turn on by being asked']);
  });

  it('always offers the first seat', () => {
    const brokenRules = rulesBrokenBy(firstInSet);
    expect(brokenRules).toContain('offers each of 2 ready seats in time');
    expect(brokenRules).not.toContain('offers each of 1 ready seats in time');
  });

  it('ranks by a load that it never looks at again', () => {
    const brokenRules = rulesBrokenBy(staleLoad);
    expect(brokenRules).toContain('offers each of 2 ready seats in time');
    expect(brokenRules).toContain('offers each of 1025 ready seats in time');
    expect(brokenRules).not.toContain('agrees with a plain set over 10,000 random steps');
  });

  it('keeps a binding to a seat that left', () => {
    expect(rulesBrokenBy(clingingSticky)).toEqual([
      'agrees with a plain set over 10,000 random steps',
      'gives a seat that follows on a forgotten one its due',
    ]);
  });

  it('shares its seats with its fork', () => {
    const makeSelector = (): Selector => {
      const selector = roundRobin();
      return Object.assign(selector, { fork: () => selectorLike(selector) });
    };
    expect(rulesBrokenBy(makeSelector)).toEqual([
      'forks into an empty selector that shares no seats',
    ]);
  });
});

function rulesBrokenBy(makeSelector: () => Selector): readonly string[] {
  return selectorContract.filter(({ run }) => throws(() => run(makeSelector))).map((r) => r.name);
}

function throws(run: () => void): boolean {
  try {
    run();
    return false;
  } catch (error) {
    expect(String(error)).toMatch(/^Error: Selector contract: expected /);
    return true;
  }
}

function firstInSet(): Selector {
  const seats = new Set<Seat>();
  return {
    add: (seat) => void seats.add(seat),
    remove: (seat) => void seats.delete(seat),
    update() {},
    next: () => seats.values().next().value,
  };
}

function turnMovedByNext(): Selector {
  const seats = new Set<Seat>();
  return {
    ...firstInSet(),
    add: (seat) => void seats.add(seat),
    remove: (seat) => void seats.delete(seat),
    next() {
      const [first] = seats;
      if (first === undefined) return undefined;
      seats.delete(first);
      seats.add(first);
      return first;
    },
  };
}

function staleLoad(): Selector {
  const loads = new Map<Seat, number>();
  const rank = (seat: Seat): void => void loads.set(seat, seat.load);
  return {
    add: rank,
    remove: (seat) => void loads.delete(seat),
    update: rank,
    next() {
      let lowest: readonly [Seat | undefined, number] = [undefined, Infinity];
      for (const entry of loads) if (entry[1] < lowest[1]) lowest = entry;
      return lowest[0];
    },
  };
}

function clingingSticky(): Selector {
  const inner = roundRobin();
  const homes = new Map<string, Seat>();
  const away = new Set<Seat>();
  return Object.assign(selectorLike(inner), {
    remove(seat: Seat) {
      away.add(seat);
      inner.remove(seat);
    },
    add(seat: Seat) {
      away.delete(seat);
      inner.add(seat);
    },
    next({ affinity = '' }) {
      const home = homes.get(affinity);
      // What is wrong: forgotten seats count as present.
      return home !== undefined && !away.has(home) ? home : inner.next({});
    },
    leased(seat: Seat, { affinity }: { affinity?: string }) {
      if (affinity !== undefined) homes.set(affinity, seat);
      inner.leased?.(seat, {});
    },
    forget: (seat: Seat) => void away.delete(seat),
  });
}

function selectorLike(inner: Selector): Selector {
  return {
    add: (seat) => inner.add(seat),
    remove: (seat) => inner.remove(seat),
    update: (seat) => inner.update(seat),
    next: (request) => inner.next(request),
    leased: (seat, request) => inner.leased?.(seat, request),
  };
}
