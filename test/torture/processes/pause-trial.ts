import { audit } from '../audit.js';
import { hear, liesIn } from '../hearsay.js';
import { watchCount } from '../watch-count.js';
import { aStore, ids, seedWorld } from '../world.js';
import { changesOf, commandsOf, type Ring, type Verdict } from './trials.js';

const world = { keys: ids('k', 2), backups: ids('b', 5) };

/** A rotation is so many commands at least. */
const COMMANDS = 7;

/**
 * A process falls asleep before or after some command of a rotation. It wakes up when others have
 * recovered from it and the slot has changed hands once more, and goes on as if nothing had happened.
 */
export async function pauseTrial(ring: Ring): Promise<Verdict> {
  const { server, children, db, random } = ring;
  await seedWorld(db, world);
  const nth = 1 + Math.floor(random() * COMMANDS);
  const when = random() < 0.5 ? 'before' : 'after';
  const sleeper = await children.take();
  const sleeps = server.on({ ...commandsOf(db, sleeper.pid), nth, fault: { kind: 'stop', when } });
  const work = { kind: 'rotate', keyIds: ['k1'] } as const;
  const order = { uri: server.uri, database: db.databaseName, work };
  const working = sleeper.obey(order);
  const meanwhile = async () => {
    await Promise.race([sleeps.reached(), working]);
    const store = aStore(db);
    await store.recover();
    const first = await hear('k1', store.rotate('k1', { reason: 'dead' }));
    const further = first.to ?? 'k1';
    const second = await hear(further, store.rotate(further, { reason: 'dead' }));
    sleeps.release();
    return [first, second];
  };
  const all = Promise.all([meanwhile(), working]);
  await watchCount(db, world.keys.length, all, changesOf(ring));
  const heard = (await all).flat();
  children.giveBack(sleeper);

  await aStore(db).recover();
  const { violations, successors } = await audit(db, world);
  const failures = [...violations, ...liesIn(heard, successors)];
  for (const { keyId, outcome, error } of heard) {
    if (outcome === 'rejected') failures.push(`a rotation of ${keyId} was rejected: ${error}`);
  }
  if (successors.size < 2) failures.push('the slot did not change hands once more');
  if (!heard.some(({ keyId, outcome }) => keyId === 'k1' && outcome === 'rotated')) {
    failures.push('k1 was rotated, nobody died, and nobody heard so');
  }
  const which = `stopped ${when} command ${nth}`;
  return {
    hasStruck: sleeps.hits > 0,
    failures: failures.map((failure) => `${which}: ${failure}`),
  };
}
