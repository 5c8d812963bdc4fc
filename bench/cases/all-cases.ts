import type { Case } from '../case.js';
import { awaits } from './await.js';
import { choose, refuse } from './choose.js';
import { headers } from './headers.js';
import { importTimes } from './import.js';
import { load } from './load.js';
import { memory } from './memory.js';
import { shapes } from './shapes.js';
import { sizes } from './size.js';
import { wait } from './wait.js';

/** A table of cases that have a unit in common. */
export interface Group {
  readonly name: string;
  readonly title: string;
  readonly unit: 'ns' | 'µs' | 'ms' | 'bytes' | 'kB';
  /** What the ratios are taken to, where there are ratios. */
  readonly bare?: string;
  readonly cases: () => Iterable<Case>;
}

export const groups: readonly Group[] = [
  {
    name: 'choose',
    title: 'Choosing a key: acquire, settle, release',
    unit: 'ns',
    bare: 'B0',
    cases: choose,
  },
  {
    name: 'refuse',
    title: 'Every key exhausted: a tryAcquire that fails',
    unit: 'ns',
    bare: 'B0',
    cases: refuse,
  },
  {
    name: 'shapes',
    title: 'Four limits, groups, model classes',
    unit: 'ns',
    bare: 'B0',
    cases: shapes,
  },
  {
    name: 'load',
    title: 'More load than the limits allow',
    unit: 'ns',
    bare: 'B0',
    cases: load,
  },
  { name: 'await', title: 'Without need to wait', unit: 'ns', bare: 'B0', cases: awaits },
  { name: 'wait', title: 'Waiting, a hundred served at a time', unit: 'µs', cases: wait },
  { name: 'memory', title: 'Memory of a key', unit: 'bytes', cases: memory },
  {
    name: 'import',
    title: 'Importing',
    unit: 'ms',
    bare: 'eventemitter3',
    cases: importTimes,
  },
  { name: 'size', title: 'Size with dependencies', unit: 'kB', cases: sizes },
  {
    name: 'headers',
    title: 'Learning limits from headers',
    unit: 'ns',
    bare: '12 bare gets',
    cases: headers,
  },
];

export function allCases(): readonly Case[] {
  return groups.flatMap((group) => [...group.cases()]);
}
