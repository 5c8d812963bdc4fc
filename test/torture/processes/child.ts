import { type Db, MongoClient } from 'mongodb';
import { hear } from '../hearsay.js';
import { aStore } from '../world.js';
import type { News, Order } from './orders.js';

// A process that rotates as it is told, and may be killed or stopped at any moment.

let client: MongoClient | undefined;
let uri: string | undefined;

const tell = (news: News): void => {
  process.send?.(news);
};

process.on('message', (order: Order) => {
  obey(order).then(
    () => tell({ kind: 'done' }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Without its parent it has nothing to live for.
process.on('disconnect', () => process.exit(0));
tell({ kind: 'ready' });

async function obey(order: Order): Promise<void> {
  const db = await open(order);
  const { work } = order;
  if (work.kind === 'rush') return rush(db, work.rotations);
  const store = aStore(db);
  for (const keyId of work.keyIds) {
    const heard = await hear(keyId, store.rotate(keyId, { reason: 'dead' }));
    tell({ kind: 'heard', heard });
  }
}

/** By its `appName` the server knows whom to kill. */
async function open(order: Order): Promise<Db> {
  if (uri !== order.uri) {
    await client?.close();
    client = new MongoClient(order.uri, { appName: `pid:${process.pid}` });
    uri = order.uri;
  }
  return client!.db(order.database);
}

async function rush(db: Db, rotations: number): Promise<void> {
  // All of them live: a claim is left alone for as long as it would be in production.
  const store = aStore(db, { graceMs: 5_000 });
  const keys = (await store.load()).map(({ id }) => id);
  for (let count = 0; count < rotations; ) {
    const index = Math.floor(Math.random() * keys.length);
    const heard = await hear(keys[index]!, store.rotate(keys[index]!, { reason: 'dead' }));
    tell({ kind: 'heard', heard });
    if (heard.to === undefined) throw new Error(`heard ${JSON.stringify(heard)}`);
    keys[index] = heard.to;
    if (heard.outcome === 'rotated') count += 1;
  }
}
