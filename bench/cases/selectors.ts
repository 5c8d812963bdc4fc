import {
  type KeyOptions,
  leastLoaded,
  powerOfTwo,
  roundRobin,
  type Selector,
  sticky,
  tiered,
  weighted,
} from 'keypool';
import type { Work } from '../keypool.js';

/** A selector, and the keys and requests among which it has something to do. */
export interface SelectorCase {
  readonly name: string;
  readonly make: () => Selector;
  readonly keyOptions?: (index: number) => Partial<KeyOptions>;
  readonly works?: readonly Work[];
}

export const main: readonly SelectorCase[] = [
  { name: 'roundRobin', make: roundRobin },
  { name: 'leastLoaded', make: leastLoaded },
];

export const others: readonly SelectorCase[] = [
  { name: 'powerOfTwo', make: powerOfTwo },
  { name: 'weighted', make: weighted, keyOptions: (index) => ({ weight: 1 + (index % 5) }) },
  {
    name: 'tiered(leastLoaded)',
    make: () => tiered(leastLoaded()),
    keyOptions: (index) => ({ tier: index % 3 }),
  },
  {
    name: 'sticky(leastLoaded)',
    make: () => sticky(leastLoaded()),
    works: Array.from({ length: 1_000 }, (_, index) => ({
      request: { affinity: `conversation-${index}` },
    })),
  },
];
