import { MongoClient } from 'mongodb';
import { MongoRotationStore } from '../../../src/mongodb/mongo-rotation-store.js';
import { MongoSpendHistory } from '../../../src/mongodb/mongo-spend-history.js';
import { KeyPool } from '../../../src/pool/key-pool.js';
import { litellmSpend } from '../../../src/spend/probes/litellm.js';
import { SpendChecker } from '../../../src/spend/spend-checker.js';
import type { Message, News, Order } from './messages.js';

// A gateway's process: it checks a whole pool when it is told to, until it is told of another or killed.

const tell = (news: News): void => {
  process.send?.(news);
};

let leave = async () => {};

process.on('message', (message: Message) => {
  const done = message === 'leave' ? leave() : check(message);
  done.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// Without its parent it has nothing to live for.
process.on('disconnect', () => process.exit(0));
tell({ kind: 'ready' });

async function check({ uri, database, baseUrl }: Order): Promise<void> {
  const client = new MongoClient(uri);
  const db = client.db(database);
  const store = new MongoRotationStore({ db, pollMs: 100 });
  const pool = new KeyPool({ store });
  const history = new MongoSpendHistory({ db });
  const checker = new SpendChecker({ pool, history, probe: litellmSpend({ baseUrl }) });
  leave = async () => {
    await checker.stop();
    await pool.close();
    await client.close();
    tell({ kind: 'ready' });
  };
  const { checks } = await checker.checkAll();
  tell({
    kind: 'checked',
    outcomes: Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome])),
  });
  const report = () => {
    if (pool.stats().exhausted > 0) return;
    tell({ kind: 'whole', keyIds: pool.keys().map(({ id }) => id) });
  };
  pool.on('keyRemoved', report);
  report();
}
