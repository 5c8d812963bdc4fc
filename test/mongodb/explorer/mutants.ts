import { isDuplicate } from '../../../src/mongodb/documents.js';
import { Finisher } from '../../../src/mongodb/finisher.js';
import { Recovery } from '../../../src/mongodb/recovery.js';
import { RotationProtocol } from '../../../src/mongodb/rotation-protocol.js';
import { Steps } from '../../../src/mongodb/steps.js';
import type { Op } from '../fake-db.js';

/** The store with one thing wrong, which the explorer has to find. */
export interface Mutant {
  readonly name: string;
  /** Spoils an operation on its way to the database. */
  readonly mutate?: (op: Op) => Op;
  /** Spoils the code itself; returns what mends it. */
  readonly patch?: () => () => void;
  /** Begins the name of the world in which it shows. @defaultValue the first that shows it */
  readonly world?: string;
}

type Fields = Record<string, unknown>;

const sets = ({ change }: Op): Fields => (change?.['$set'] ?? {}) as Fields;
const on =
  (collection: string, method: Op['method'], test: (op: Op) => boolean = () => true) =>
  (op: Op): boolean =>
    op.collection === `keypool_${collection}` && op.method === method && test(op);

const isSwap = on('slots', 'findOneAndUpdate');
const isReinstate = on('slots', 'updateOne', (op) => sets(op)['state'] === 'active');
const isFence = on('slots', 'updateOne', (op) => '$inc' in (op.change ?? {}) && !isReinstate(op));
const isExhaust = on('slots', 'updateOne', (op) => sets(op)['state'] === 'exhausted');
const isSettle = on('slots', 'updateOne', (op) => 'j' in sets(op));
const isClaim = on('backups', 'findOneAndUpdate');
const isMarkUsed = on('backups', 'updateOne', (op) => sets(op)['state'] === 'used');
const isQuarantine = on('backups', 'updateOne', (op) => sets(op)['state'] === 'quarantined');
const isRelease = on('backups', 'updateOne', (op) => sets(op)['state'] === 'unused');
const isRecord = on('history', 'insertOne');
const isCarry = ({ method }: Op): boolean => method === 'updateMany';

const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** Drops conditions. */
const unguarded = (
  name: string,
  is: (op: Op) => boolean,
  ...fields: readonly string[]
): Mutant => ({
  name,
  mutate: (op) => (is(op) ? { ...op, filter: without(op.filter ?? {}, ...fields) } : op),
});

/** Drops fields from what is set. */
const unset = (name: string, is: (op: Op) => boolean, ...fields: readonly string[]): Mutant => ({
  name,
  mutate: (op) =>
    is(op) ? { ...op, change: { ...op.change, $set: without(sets(op), ...fields) } } : op,
});

const changes = (name: string, is: (op: Op) => boolean, to: (op: Op) => Op): Mutant => ({
  name,
  mutate: (op) => (is(op) ? to(op) : op),
});

/** Renames the claims of every operation. */
const renamed = (name: string, to: string): Mutant => ({
  name,
  mutate: (op) => JSON.parse(JSON.stringify(op).replace(/"(\w+-\d+):(\d+)"/g, `"${to}"`)) as Op,
});

const patched = <Class extends object, Name extends keyof Class>(
  name: string,
  prototype: Class,
  method: Name,
  to: (original: Class[Name]) => Class[Name],
): Mutant => ({
  name,
  patch() {
    const original = prototype[method];
    prototype[method] = to(original);
    return () => {
      prototype[method] = original;
    };
  },
});

/** `finish` with its steps in another order. */
const ordered = (
  name: string,
  run: (steps: Steps, journal: Parameters<Steps['record']>[0]) => Promise<void>,
) =>
  patched(
    name,
    Steps.prototype,
    'markUsed',
    (original) =>
      async function (this: Steps, journal) {
        // Runs what comes too early, then the step whose place it took.
        await run(this, journal);
        return original.call(this, journal);
      },
  );

export const mutants: readonly Mutant[] = [
  unguarded('swaps whatever is in the slot', isSwap, 'gen', 'keyId'),
  {
    ...unguarded('swaps although the slot was fenced', isSwap, 'gen'),
    world: 'a backup whose secret is active in another',
  },
  {
    // Either check would do: a journal comes with a new generation.
    ...unguarded('swaps while the last rotation is not finished', isSwap, 'j'),
    ...patched(
      '',
      Steps.prototype,
      'slotOfKey',
      (original) =>
        async function (this: Steps, keyId) {
          const slot = await original.call(this, keyId);
          return slot === null ? null : { ...slot, j: null };
        },
    ),
    name: 'swaps while the last rotation is not finished',
    world: 'a chain',
  },
  {
    ...unguarded('puts the secret of the dead key back', isSwap, 'fp'),
    world: 'a backup that has',
  },
  unset('swaps without a journal', isSwap, 'j'),
  { ...unset('swaps and stays exhausted', isSwap, 'state'), world: 'an exhausted key' },
  unset('swaps the id and keeps the secret', isSwap, 'secret'),
  changes('swaps without a new generation', isSwap, (op) => ({
    ...op,
    change: { $set: sets(op) },
  })),
  unguarded('claims what is used', isClaim, 'isUsed'),
  unset('claims without reserving', isClaim, 'isUsed'),
  unset('claims in no state', isClaim, 'state'),
  {
    ...changes('looks for backups from the middle on only', isClaim, (op) => ({
      ...op,
      filter: { ...op.filter, r: { $gte: 0.5 } },
    })),
    world: 'a chain',
  },
  unguarded('releases what is used or set aside', isRelease, 'state'),
  {
    ...unguarded('releases what another claimed', isRelease, 'claim.a'),
    world: 'a backup whose secret is active in another',
  },
  unset('releases halfway', isRelease, 'isUsed'),
  changes('keeps the secrets of used backups', isMarkUsed, (op) => ({
    ...op,
    change: { $set: sets(op) },
  })),
  {
    ...changes('sets aside without a fence', isFence, (op) => ({ ...op, change: { $set: {} } })),
    world: 'two helpers of the dead',
  },
  {
    ...unguarded('sets aside what is used', isQuarantine, 'state', 'claim.a'),
    world: 'two helpers of the dead',
  },
  {
    ...unguarded('marks the successor as exhausted', isExhaust, 'gen', 'keyId', 'j'),
    world: 'a backup whose secret is active in another',
  },
  { ...unguarded('settles the journal of another rotation', isSettle, 'j.a'), world: 'a chain' },
  { ...unguarded('carries everything', isCarry, 'keyId'), world: 'two keys' },
  changes('carries nothing', isCarry, (op) => ({ ...op, filter: { keyId: 'nobody' } })),
  {
    ...changes('keeps one record for each slot', isRecord, (op) =>
      op.document === undefined
        ? op
        : { ...op, document: { ...op.document, _id: String(op.document['slot']) } },
    ),
    world: 'a chain',
  },
  renamed('names claims by their call', '$1:0'),
  renamed('does not know its own claims', '$1.$2:0'),
  ordered('settles first', async (steps, journal) => {
    await steps.settle(journal);
  }),
  patched(
    'settles before it records',
    Steps.prototype,
    'record',
    (original) =>
      async function (this: Steps, journal) {
        await this.settle(journal);
        return original.call(this, journal);
      },
  ),
  patched(
    'does not look where a key has just left',
    Steps.prototype,
    'slotLeftBy',
    () => async () => null,
  ),
  {
    name: 'reinstates in the same generation',
    mutate: (op) => (isReinstate(op) ? { ...op, change: { $set: sets(op) } } : op),
    world: 'an exhausted key that is good after all, though',
  },
  {
    ...patched(
      'recovers what is exhausted no more',
      RotationProtocol.prototype,
      'rotate',
      (original) =>
        function (this: RotationProtocol, keyId, reason) {
          return original.call(this, keyId, reason);
        },
    ),
    world: 'an exhausted key that is good after all, and',
  },
  patched('does not look into history', Steps.prototype, 'rotationOf', () => async () => null),
  patched(
    'takes an unknown outcome for a lost race',
    Steps.prototype,
    'swap',
    (original) =>
      async function (this: Steps, claim, backup, fp) {
        try {
          return await original.call(this, claim, backup, fp);
        } catch (error) {
          if (isDuplicate(error)) throw error;
          await this.release(backup, claim);
          return null;
        }
      },
  ),
  {
    ...patched(
      'does not see who else holds the last backup',
      Steps.prototype,
      'countReserved',
      () => async () => 0,
    ),
    world: 'a backup whose secret is active in another',
  },
  patched('releases after a while instead of rolling forward', Recovery.prototype, 'sweep', () => {
    const released = { finished: 0, released: 0, pending: 0 };
    return async () => released;
  }),
  patched(
    'leaves the rest to others, who never come',
    Finisher.prototype,
    'finish',
    () => async () => {},
  ),
  patched('installs what it should release', Steps.prototype, 'release', () => async () => 1),
];
