import type { RotationOutcome } from '../../../src/rotation/rotation-store.js';
import type { DbState, Doc } from '../fake-db.js';
import type { Rules, Snapshot, World } from './explore.js';

/** What was promised, asked of every state and of every end. */
export const rules: Rules = {
  always,
  finally: atTheEnd,
  recovery: {
    name: 'recovery',
    async run(store) {
      await store.recover();
      await store.recover();
      return null;
    },
  },
};

const slotsOf = (db: DbState): Doc[] => Object.values(db['keypool_slots'] ?? {});
const backupsOf = (db: DbState): Doc[] => Object.values(db['keypool_backups'] ?? {});

function always(
  { db, ghosts }: Snapshot,
  { start, asked, reinstated = [] }: World,
): string | undefined {
  const slots = slotsOf(db);
  if (slots.length !== slotsOf(start).length) return 'the number of active keys changed';
  if (new Set(slots.map(({ fp }) => fp)).size !== slots.length) return 'a secret is active twice';
  for (const { _id, keyId, secret, fp } of slots) {
    if (ghosts.retired.includes(`${_id} ${fp}`))
      return `the dead secret of ${keyId} is active again`;
    if (typeof secret !== 'string' || secret === '') return `the active key ${keyId} has no secret`;
    if (`fp-${secret.slice('plain:'.length)}` !== fp) return `the secret of ${keyId} is another's`;
    const backup = db['keypool_backups']?.[`p:${keyId}`];
    if (backup !== undefined && backup['isUsed'] !== true) return `${keyId} is active and free`;
    if (backup?.['state'] === 'quarantined') return `${keyId} is active and set aside`;
  }
  for (const [id, times] of Object.entries(ghosts.installed)) {
    if (times > 1) return `the backup ${id} was used twice`;
  }
  for (const [id, times] of Object.entries(ghosts.left)) {
    if (times > 1) return `the key ${id} was rotated twice`;
    if (reinstated.includes(id) && ghosts.leftAs[id] === 'active')
      return `${id} was rotated, though it was good after all`;
    const wasExhausted = slotsOf(start).some(
      ({ keyId, state }) => keyId === id && state === 'exhausted',
    );
    const wasClaimed = backupsOf(start).some(
      ({ claim }) => claim !== null && (claim as { from: string }).from === id,
    );
    if (!wasExhausted && !wasClaimed && !Object.values(asked).includes(id))
      return `nobody wanted ${id} rotated`;
  }
  if (backupsOf(db).length < backupsOf(start).length) return 'a backup is gone';
  return undefined;
}

function atTheEnd(
  snapshot: Snapshot,
  world: World,
  results: readonly (string | undefined)[],
): string | undefined {
  return (
    backupsAreAccountedFor(snapshot, world) ??
    nothingIsLeftOpen(snapshot) ??
    historyIsTrue(snapshot) ??
    callersHeardTheTruth(snapshot, world, results)
  );
}

function backupsAreAccountedFor({ db, ghosts }: Snapshot, { start }: World): string | undefined {
  const secrets = slotsOf(start).map(({ fp }) => fp);
  for (const { keyId, state, secret, fp, isUsed } of backupsOf(db)) {
    const isInstalled = ghosts.installed[keyId as string] === 1;
    if (isInstalled && (state !== 'used' || secret !== undefined))
      return `${keyId} is ${state}, but was used`;
    if (isInstalled) continue;
    if (typeof secret !== 'string') return `the secret of ${keyId} is lost`;
    const isTwin =
      secrets.includes(fp) || backupsOf(start).filter((each) => each['fp'] === fp).length > 1;
    if (state === 'quarantined' && isTwin) continue;
    if (state !== 'unused' || isUsed === true) return `the backup ${keyId} is lost: ${state}`;
  }
  return undefined;
}

function nothingIsLeftOpen({ db, ghosts }: Snapshot): string | undefined {
  const slots = slotsOf(db);
  const active = slots.map(({ keyId }) => keyId);
  if (slots.some(({ j }) => j !== null)) return 'a rotation is not finished';
  const isFree = backupsOf(db).some(({ state }) => state === 'unused');
  const exhausted = slots.filter(({ state }) => state === 'exhausted');
  if (isFree && exhausted.length > 0) return 'a key is exhausted beside a free backup';
  for (const { _id, keyId } of Object.values(db['bindings'] ?? {})) {
    const first = _id.slice('to-'.length);
    const isHeir = keyId === first || follows(ghosts.successor, first, String(keyId));
    if (!isHeir) return `${_id} is bound to ${keyId}, which never replaced it`;
    if (active.includes(keyId)) continue;
    return `${_id} is bound to ${keyId}, which was replaced by ${ghosts.successor[keyId as string]}`;
  }
  return undefined;
}

function historyIsTrue({ db, ghosts }: Snapshot): string | undefined {
  const records = Object.values(db['keypool_history'] ?? {});
  const told = Object.fromEntries(records.map(({ from, to }) => [from, to]));
  if (records.length !== Object.keys(ghosts.successor).length) return 'history misses a rotation';
  for (const [from, to] of Object.entries(ghosts.successor)) {
    if (told[from] !== to) return `history says ${from} became ${told[from]}, not ${to}`;
  }
  return undefined;
}

type Told = RotationOutcome & { readonly error?: string };

function callersHeardTheTruth(
  { ghosts, db }: Snapshot,
  { asked, processes, start }: World,
  results: readonly (string | undefined)[],
): string | undefined {
  const isDead = results.some((result) => result === undefined);
  const rotated: Record<string, number> = {};
  for (const [index, { name }] of processes.entries()) {
    const key = asked[name];
    const result = results[index];
    if (key === undefined || result === undefined) continue;
    const told = JSON.parse(result) as Told;
    if (told.error !== undefined) return `${name} failed: ${told.error}`;
    if (told.outcome === 'rotated') rotated[key] = (rotated[key] ?? 0) + 1;
    if (told.outcome === 'rotated' && ghosts.left[key] !== 1) return `${name} rotated nothing`;
    const wasActive = slotsOf(start).some(({ keyId }) => keyId === key);
    if (told.outcome === 'unknown-key' && wasActive) return `${name} does not know ${key}`;
    if ('key' in told) {
      const isAfter = follows(ghosts.successor, key, told.key.id);
      if (!isAfter) return `${name} heard of ${told.key.id}, which never replaced ${key}`;
    }
    if (told.outcome === 'no-backup' && hasSpare(db, start, ghosts, asked)) {
      return `${name} heard that there is no backup`;
    }
  }
  for (const [key, times] of Object.entries(rotated)) {
    if (times > 1) return `${times} callers rotated ${key}`;
  }
  if (isDead) return undefined;
  for (const { a, from } of Object.values(db['keypool_history'] ?? {})) {
    const askers = processes.flatMap(({ name }, index) =>
      String(a).startsWith(`${name}-`) && asked[name] === from ? [results[index]] : [],
    );
    // Its claim may have come late: after there was no backup, and after it had said so.
    if (askers.length === 0 || askers[0]?.includes('no-backup')) continue;
    if (rotated[String(from)] === undefined) return `${from} was rotated, and nobody heard so`;
  }
  return undefined;
}

function follows(successor: Readonly<Record<string, string>>, from: string, to: string): boolean {
  for (let at = successor[from]; at !== undefined; at = successor[at]) if (at === to) return true;
  return false;
}

/** More backups than keys that could have wanted one: then nobody may hear that there is none. */
function hasSpare(
  db: DbState,
  start: DbState,
  ghosts: Snapshot['ghosts'],
  asked: Readonly<Record<string, string>>,
): boolean {
  const usable = backupsOf(start).filter(
    ({ _id }) => db['keypool_backups']?.[_id]?.['state'] !== 'quarantined',
  ).length;
  const wanted = new Set([...Object.values(asked), ...Object.keys(ghosts.left)]).size;
  return usable >= wanted;
}
