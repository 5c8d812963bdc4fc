import { describe, expect, it } from 'vitest';
import { recordProof } from '../../helpers/proof.js';
import { Explorer } from './explore.js';
import { hunt } from './hunt.js';
import { mutants } from './mutants.js';
import { rules } from './rules.js';
import { worlds } from './worlds.js';

/** Enough for the small worlds to be explored whole. `npm run explore` goes on from there. */
const WHOLE = 20_000;
const SLICE = 2_500;
const SMALL = [
  'two rotators of one key, any backup, one fault',
  'two rotators of one key, one may die',
  'a chain: the backup is rotated too',
  'no backup, until one is added',
];
const limitOf = (name: string): number => (SMALL.includes(name) ? WHOLE : SLICE);

describe('no order of steps, crash or fault breaks a promise', () => {
  let total = 0;

  it.each(worlds)('$name', { timeout: 60_000 }, async (world) => {
    const maxStates = limitOf(world.name);
    const { states, violation } = await new Explorer(world, rules, { maxStates }).run();
    total += states;
    recordProof({ states });
    expect(violation).toBeUndefined();
    if (maxStates === WHOLE) expect(states).toBeLessThan(WHOLE);
  });

  it('explored 50,000 states at least', () => {
    expect(total).toBeGreaterThanOrEqual(50_000);
  });
});

describe('a store that is spoilt is caught when it', () => {
  it.each(mutants)('$name', { timeout: 60_000 }, async (mutant) => {
    const found = await hunt(mutant, worlds, WHOLE);
    expect(found?.violation?.message).toBeTypeOf('string');
    recordProof({ states: found?.states ?? 0 });
  });

  it('one of 25 ways at least', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
  });
});
