import type { World } from './explore.js';
import { type ProcessSpec, stateOf } from './process.js';

const rotator = (name: string, key: string): ProcessSpec => ({
  name,
  run: (store) => store.rotate(key, { reason: 'dead' }),
});

/** Finishes what it finds, also what others are busy with: as rude as recovery can be. */
const helper = (name: string): ProcessSpec => ({ name, run: (store) => store.recover() });

/** Adds a backup while others rotate. */
const supplier = (name: string, id: string): ProcessSpec => ({
  name,
  run: (store) => store.addBackups([{ id, secret: id }]),
});

/** Says of an exhausted key that it is good after all. */
const reinstater = (name: string, key: string): ProcessSpec => ({
  name,
  run: (store) => store.reinstate(key),
});

interface Sketch extends Omit<World, 'asked' | 'processes'> {
  /** Who asks for which key: `r1: 'F'`. */
  readonly asked: Readonly<Record<string, string>>;
  readonly others?: readonly ProcessSpec[];
}

const world = ({ others = [], ...rest }: Sketch): World => ({
  ...rest,
  processes: [...Object.entries(rest.asked).map(([name, key]) => rotator(name, key)), ...others],
});

const twoKeys = { active: ['F', 'G'] };

/** From small to large: the first few are explored with every run of the tests. */
export const worlds: readonly World[] = [
  world({
    name: 'two rotators of one key, any backup, one fault',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'F' },
    faults: 1,
    anyBackup: true,
  }),
  world({
    name: 'two rotators of one key, one may die',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'F' },
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'two keys and one backup',
    start: stateOf({ ...twoKeys, backups: ['B'] }),
    asked: { r1: 'F', r2: 'G' },
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'a chain: the backup is rotated too',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'A' },
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'a backup whose secret is active in another slot',
    start: stateOf({ ...twoKeys, backups: ['A', 'B'], twins: { A: 'G' } }),
    asked: { r1: 'F', r2: 'F' },
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'a backup that has the secret of the dead key',
    start: stateOf({ active: ['F'], backups: ['A', 'B'], twins: { A: 'F' } }),
    asked: { r1: 'F', r2: 'F' },
    faults: 1,
    crashes: 1,
  }),
  world({
    name: 'a backup whose secret is active until that key is rotated',
    start: stateOf({ ...twoKeys, backups: ['A', 'B'], twins: { A: 'G' } }),
    asked: { r1: 'F', r2: 'G' },
    faults: 1,
    crashes: 1,
  }),
  world({
    name: 'two helpers of the dead, while the twin of its backup leaves',
    start: stateOf({ ...twoKeys, backups: ['A', 'B'], twins: { A: 'G' }, reserved: 'A' }),
    asked: { r1: 'G' },
    others: [helper('h1'), helper('h2')],
  }),
  world({
    name: 'a rotation and a helper',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F' },
    others: [helper('h1')],
    crashes: 1,
    faults: 2,
  }),
  world({
    name: 'an exhausted key, a helper and a caller',
    start: stateOf({ active: ['F'], backups: ['A', 'B'], isExhausted: true }),
    asked: { r1: 'F' },
    others: [helper('h1')],
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'an exhausted key that is good after all, and a helper',
    start: stateOf({ active: ['F'], backups: ['A', 'B'], isExhausted: true }),
    asked: {},
    reinstated: ['F'],
    others: [reinstater('g1', 'F'), helper('h1')],
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'an exhausted key that is good after all, though a backup was claimed for it',
    start: stateOf({ active: ['F'], backups: ['A', 'B'], isExhausted: true, reserved: 'A' }),
    asked: {},
    reinstated: ['F'],
    others: [reinstater('g1', 'F'), helper('h1')],
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'no backup, until one is added',
    start: stateOf({ active: ['F'] }),
    asked: { r1: 'F', r2: 'F' },
    faults: 1,
    crashes: 1,
  }),
  world({
    name: 'three rotators of one key',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'F', r3: 'F' },
  }),
  world({
    name: 'two rotators of one key and a helper, one may die',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'F' },
    others: [helper('h1')],
    crashes: 1,
  }),
  world({
    name: 'a chain and a helper, one may die',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'A' },
    others: [helper('h1')],
    crashes: 1,
  }),
  world({
    name: 'a backup is added while its key is asked for, twice',
    start: stateOf({ active: ['F'] }),
    asked: { r1: 'F' },
    others: [supplier('s1', 'A'), helper('h1')],
    crashes: 1,
    faults: 1,
  }),
  world({
    name: 'two rotators of one key and a helper, one fault',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'F' },
    others: [helper('h1')],
    faults: 1,
  }),
  world({
    name: 'three rotators of two keys, one backup',
    start: stateOf({ ...twoKeys, backups: ['B'] }),
    asked: { r1: 'F', r2: 'F', r3: 'G' },
    crashes: 1,
  }),
  world({
    name: 'two rotators of one key, two helpers',
    start: stateOf({ active: ['F'], backups: ['A', 'B'] }),
    asked: { r1: 'F', r2: 'F' },
    others: [helper('h1'), helper('h2')],
  }),
];
