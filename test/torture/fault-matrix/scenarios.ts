import { COLLECTIONS, type SlotDocument } from '../../../src/mongodb/schema.js';
import type { Fault } from '../../helpers/wire-server/faults.js';
import { type Heard, hear } from '../hearsay.js';
import { ids, secretOf, type World } from '../world.js';
import { type Arena, crash, hold } from './arena.js';

/** A way through the store, each of whose commands shall fail once. */
export interface Scenario {
  readonly name: string;
  readonly world: World;
  /** What is on the books at the end, if keys are added. @defaultValue `world` */
  readonly after?: World;
  /** The victim's random numbers: 0 claims the first backup, more than 0.9 comes round to it. */
  readonly random?: number;
  /** A fault that strikes in every cell before the cell's own. */
  readonly given?: { readonly step: string; readonly fault: Fault };
  prepare?(arena: Arena): Promise<void>;
  /** What the victim does, and whoever is there beside it. */
  act(arena: Arena): Promise<readonly Heard[]>;
  /** What the victim may hear if it hears anything. */
  readonly promised?: readonly Heard['outcome'][];
}

const reason = 'dead';
const rotate = (keyId: string) => async (arena: Arena) => [
  await hear(keyId, arena.victim.rotate(keyId, { reason })),
];
const failed = { kind: 'fail', code: 1, when: 'after' } as const;
const plain: World = { keys: ids('k', 2), backups: ids('b', 3) };
const twinOfOther: World = { ...plain, twins: { b1: 'k2' } };
const twinOfDead: World = { ...plain, twins: { b1: 'k1' } };

/** What the dead leave: one died before the swap, one after it, one lost its race, one found nothing. */
const wreck: World = { keys: ids('k', 4), backups: ids('b', 5) };
async function leaveWreck(arena: Arena): Promise<void> {
  await crash(arena, 'k1', 'swap (S2)');
  await crash(arena, 'k2', 'carry (S4)');
  await crash(arena, 'k3', 'swap (S2)');
  await arena.rival.rotate('k3', { reason });
  await markExhausted(arena, 'k4');
}

async function markExhausted({ db }: Arena, keyId = 'k1'): Promise<void> {
  const slots = db.collection<SlotDocument>(COLLECTIONS.slots);
  await slots.updateOne({ keyId }, { $set: { state: 'exhausted', why: reason } });
}

export const scenarios: readonly Scenario[] = [
  { name: 'a rotation', world: plain, act: rotate('k1'), promised: ['rotated'] },
  {
    name: 'a claim that comes round to the first backup',
    world: plain,
    random: 0.99,
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'a race that is lost between claim and swap',
    world: plain,
    async act(arena) {
      const { victim, rival } = arena;
      const held = hold(arena, 'swap (S2)');
      const losing = hear('k1', victim.rotate('k1', { reason }));
      // A fault may end the call before it ever gets there.
      await Promise.race([held.reached(), losing]);
      const won = await hear('k1', rival.rotate('k1', { reason }));
      held.release();
      return [await losing, won];
    },
    promised: ['already-rotated'],
  },
  {
    name: 'a backup whose secret is active in another slot',
    world: twinOfOther,
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'a backup that has the secret of the dead key',
    world: twinOfDead,
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'no backup',
    world: { keys: ids('k', 2), backups: [] },
    act: rotate('k1'),
    promised: ['no-backup'],
  },
  {
    name: 'a key that is good after all',
    world: { ...plain, isReinstated: true },
    prepare: markExhausted,
    async act({ victim, rival }) {
      const isGood = await victim.reinstate('k1').then(
        () => true,
        // The mark may have stayed: then the key may be replaced.
        () => false,
      );
      await rival.recover();
      const active = (await rival.load()).map(({ id }) => id);
      if (isGood && !active.includes('k1')) throw new Error('k1 was replaced, though it was good');
      return [];
    },
  },
  {
    name: 'backups that the dead hold',
    world: { keys: ids('k', 2), backups: ids('b', 1) },
    prepare: (arena) => crash(arena, 'k2', 'swap (S2)'),
    act: rotate('k1'),
    promised: ['no-backup'],
  },
  {
    name: 'a key that was rotated long ago',
    world: plain,
    async prepare({ rival }) {
      await rival.rotate('k1', { reason });
    },
    act: rotate('k1'),
    promised: ['already-rotated'],
  },
  {
    name: 'a key whose rotation is not finished',
    world: plain,
    prepare: (arena) => crash(arena, 'k1', 'mark used (S3)'),
    act: rotate('k1'),
    promised: ['already-rotated'],
  },
  {
    name: 'the successor of a key whose rotation is not finished',
    world: plain,
    prepare: (arena) => crash(arena, 'k1', 'carry (S4)'),
    act: rotate('b1'),
    promised: ['rotated'],
  },
  {
    name: 'a claim whose answer is lost',
    world: plain,
    given: { step: 'claim (S1)', fault: failed },
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'a swap whose answer is lost',
    world: plain,
    given: { step: 'swap (S2)', fault: failed },
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'a fence whose answer is lost',
    world: twinOfOther,
    given: { step: 'fence', fault: failed },
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'a claim that is lost, and made again',
    world: plain,
    given: { step: 'claim (S1)', fault: { ...failed, when: 'before' } },
    act: rotate('k1'),
    promised: ['rotated'],
  },
  {
    name: 'recovery after all kinds of death',
    world: wreck,
    prepare: leaveWreck,
    async act({ victim }) {
      await victim.recover().catch(() => undefined);
      return [];
    },
  },
  {
    name: 'recovery of a claim on a backup whose secret is active',
    world: twinOfOther,
    prepare: (arena) => crash(arena, 'k1', 'swap (S2)'),
    async act({ victim }) {
      await victim.recover().catch(() => undefined);
      return [];
    },
  },
  {
    name: 'load when a rotation is not finished',
    world: plain,
    prepare: (arena) => crash(arena, 'k1', 'carry (S4)'),
    async act({ victim }) {
      const keys = await victim.load().catch(() => undefined);
      if (keys !== undefined && keys.length !== plain.keys.length) throw new Error('a key is gone');
      return [];
    },
  },
  addition('keys and backups that are added'),
  addition('a key that is added, and nobody hears so', 'insert a slot'),
  addition('a backup that is added, and nobody hears so', 'insert a backup'),
];

function addition(name: string, unheard?: string): Scenario {
  return {
    name,
    world: plain,
    after: { keys: ids('k', 3), backups: ids('b', 4) },
    ...(unheard === undefined ? {} : { given: { step: unheard, fault: failed } }),
    async act({ victim, rival }) {
      const add = async (store: typeof victim) => {
        await store.addKeys([{ id: 'k3', secret: secretOf('k3') }]);
        await store.addBackups([{ id: 'b4', secret: secretOf('b4') }]);
      };
      // Safe to repeat, by anyone.
      await add(victim).catch(() => add(rival));
      return [];
    },
  };
}
