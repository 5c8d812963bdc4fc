import type { Db } from 'mongodb';
import {
  type BackupDocument,
  COLLECTIONS,
  type HistoryDocument,
  type SlotDocument,
} from '../../src/mongodb/schema.js';
import { BINDINGS, type Binding, bindingOf, POOL, secretOf, type World } from './world.js';

/** Everything the store has written. */
interface Books {
  readonly slots: readonly SlotDocument[];
  readonly backups: readonly BackupDocument[];
  readonly history: readonly HistoryDocument[];
  readonly bindings: readonly Binding[];
}

/** Who replaced whom, as history tells. */
export type Successors = ReadonlyMap<string, string>;

export interface Audit {
  /** What was promised and is not so; empty if all is well. */
  readonly violations: readonly string[];
  readonly successors: Successors;
}

/** Checks the books at rest: everybody is done or dead, and somebody has recovered. */
export async function audit(db: Db, world: World): Promise<Audit> {
  const books = await readBooks(db);
  const successors = new Map(books.history.map(({ from, to }) => [from, to]));
  const violations = [
    ...slotsAreWhole(books, world),
    ...historyIsComplete(books, world),
    ...backupsAreAccountedFor(books, world, successors),
    ...bindingsFollow(books, world, successors),
  ];
  return { violations, successors };
}

/** The key that is active now in the place of the one given. */
export function heirOf(keyId: string, successors: Successors): string {
  let heir = keyId;
  for (let next = successors.get(heir); next !== undefined; next = successors.get(heir))
    heir = next;
  return heir;
}

async function readBooks(db: Db): Promise<Books> {
  const all = { pool: POOL };
  return {
    slots: await db.collection<SlotDocument>(COLLECTIONS.slots).find(all).toArray(),
    backups: await db.collection<BackupDocument>(COLLECTIONS.backups).find(all).toArray(),
    history: await db.collection<HistoryDocument>(COLLECTIONS.history).find(all).toArray(),
    bindings: await db.collection<Binding>(BINDINGS).find().toArray(),
  };
}

function* slotsAreWhole({ slots, backups }: Books, world: World): Iterable<string> {
  const { keys } = world;
  if (slots.length !== keys.length) yield `${slots.length} keys are active, not ${keys.length}`;
  if (new Set(slots.map(({ fp }) => fp)).size !== slots.length) yield 'a secret is active twice';
  const isOneFree = backups.some(({ state }) => state === 'unused');
  for (const { keyId, secret, state, j } of slots) {
    if (secret !== `plain:${secretOf(keyId, world)}`) yield `${keyId} has the secret of another`;
    if (j !== null) yield `the rotation of ${j.from} is not finished`;
    if (state === 'exhausted' && isOneFree) yield `${keyId} is exhausted beside a free backup`;
  }
}

/** Each slot's records lead without a gap from a key of the start to the one that is in it now. */
function* historyIsComplete({ slots, history }: Books, world: World): Iterable<string> {
  const firsts = new Set<string>();
  // Else a generation is a rotation.
  const hasFences = world.twins !== undefined || world.isReinstated === true;
  for (const { _id, keyId, gen } of slots) {
    const records = history.filter(({ slot }) => slot === _id).sort((a, b) => a.g - b.g);
    firsts.add(records[0]?.from ?? keyId);
    for (const [index, { from, g }] of records.entries()) {
      const before = records[index - 1];
      if (before !== undefined && before.to !== from) yield `history jumps to ${from}`;
      if (!hasFences && g !== index) yield `${from} left in generation ${g}, not ${index}`;
    }
    const last = records.at(-1);
    if (last !== undefined && last.to !== keyId) yield `history ends at ${last.to}, not ${keyId}`;
    if (!hasFences && gen !== records.length) yield `${gen} rotations, ${records.length} records`;
  }
  for (const key of world.keys) if (!firsts.has(key)) yield `nothing leads back to ${key}`;
  if (new Set(history.map(({ from }) => from)).size !== history.length) yield 'a key left twice';
  if (new Set(history.map(({ to }) => to)).size !== history.length) yield 'a backup came twice';
}

function* backupsAreAccountedFor(
  { slots, backups }: Books,
  world: World,
  successors: Successors,
): Iterable<string> {
  const { twins = {} } = world;
  const used = new Set(successors.values());
  const active = new Set(slots.map(({ keyId }) => keyId));
  if (backups.length !== world.backups.length) yield `${backups.length} backups are on the books`;
  for (const { keyId, state, isUsed, secret, claim } of backups) {
    if (used.has(keyId)) {
      if (state !== 'used' || !isUsed) yield `${keyId} was used, and is ${state}`;
      if (secret !== undefined) yield `the backup ${keyId} still has its secret`;
      continue;
    }
    if (active.has(keyId)) yield `${keyId} is active, and history does not know how`;
    if (secret !== `plain:${secretOf(keyId, world)}`) yield `the secret of ${keyId} is lost`;
    if (state === 'quarantined' && keyId in twins) continue;
    if (state !== 'unused' || isUsed || claim !== null) yield `${keyId} is lost: ${state}`;
  }
}

function* bindingsFollow(
  { bindings }: Books,
  { keys }: World,
  successors: Successors,
): Iterable<string> {
  for (const key of keys) {
    const binding = bindings.find(({ _id }) => _id === bindingOf(key));
    // Keys that were added later have no customer yet.
    if (binding === undefined) continue;
    const bound = binding.keyId;
    const heir = heirOf(key, successors);
    if (bound !== heir) yield `the customer of ${key} is bound to ${bound}, not to ${heir}`;
  }
}
