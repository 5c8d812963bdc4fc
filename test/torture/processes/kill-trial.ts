import { audit } from '../audit.js';
import { type Heard, hear, liesIn } from '../hearsay.js';
import { watchCount } from '../watch-count.js';
import { aStore, ids, seedWorld } from '../world.js';
import { changesOf, commandsOf, type Ring, type Verdict } from './trials.js';

const world = { keys: ids('k', 2), backups: ids('b', 4) };

/** Two rotations are 14 commands, a few more if claims come round or others are in the way. */
const MAX_COMMANDS = 16;

/**
 * A process that rotates two keys dies before or after some command, alone or beside another that
 * rotates the same. Then somebody recovers.
 */
export async function killTrial(ring: Ring): Promise<Verdict> {
  const { server, children, db, random } = ring;
  await seedWorld(db, world);
  const isDuel = random() < 0.4;
  const nth = 1 + Math.floor(random() * MAX_COMMANDS);
  const when = random() < 0.5 ? 'before' : 'after';
  const work = { kind: 'rotate', keyIds: world.keys } as const;
  const order = { uri: server.uri, database: db.databaseName, work };

  const victim = await children.take();
  const others = isDuel ? [await children.take()] : [];
  const dies = server.on({ ...commandsOf(db, victim.pid), nth, fault: { kind: 'kill', when } });
  const working = Promise.all([victim, ...others].map((child) => child.obey(order)));
  await watchCount(db, world.keys.length, working, changesOf(ring));
  const heard = (await working).flat();
  dies.remove();
  for (const child of [victim, ...others]) children.giveBack(child);

  const store = aStore(db);
  await store.recover();
  const isDead = dies.hits > 0;
  const again = isDead ? await askAgain(store, heard, isDuel) : [];
  const { violations, successors } = await audit(db, world);
  const failures = [...violations, ...liesIn([...heard, ...again], successors)];
  for (const { outcome, keyId, error } of heard) {
    if (outcome === 'rejected') failures.push(`a rotation of ${keyId} was rejected: ${error}`);
  }
  if (!isDead) failures.push(...unheard(heard));
  const which = `killed ${when} command ${nth}${isDuel ? ' beside another' : ''}`;
  return { hasStruck: isDead, failures: failures.map((failure) => `${which}: ${failure}`) };
}

/** What the dead would have asked for, another asks for. */
async function askAgain(
  store: ReturnType<typeof aStore>,
  heard: readonly Heard[],
  isDuel: boolean,
): Promise<readonly Heard[]> {
  if (isDuel) return [];
  const missing = world.keys.filter((key) => !heard.some(({ keyId }) => keyId === key));
  return Promise.all(missing.map((key) => hear(key, store.rotate(key, { reason: 'dead' }))));
}

/** Where nobody died, somebody heard `rotated`. */
const unheard = (heard: readonly Heard[]): string[] =>
  world.keys
    .filter((key) => !heard.some(({ keyId, outcome }) => keyId === key && outcome === 'rotated'))
    .map((key) => `${key} was rotated, and nobody heard so`);
