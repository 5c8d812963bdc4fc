import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { availableServers, describeServer } from '../helpers/mongo.js';
import { recordServer } from '../helpers/proof.js';
import { audit } from './audit.js';
import { onStage, stagesOf } from './servers.js';
import { aStore, ids, secretOf, seedWorld } from './world.js';

const reason = 'budget_exceeded';

describe.each(stagesOf(await availableServers()))('on $name', ({ server, topology }) => {
  it.each([
    { stores: 1, who: 'one store' },
    { stores: 10, who: 'ten clients' },
  ])(
    'one of 100 calls at once rotates the key, from $who',
    { timeout: 60_000 },
    async ({ stores }) => {
      recordServer(describeServer(server));
      await onStage(server, topology, async ({ uri, db }) => {
        const world = { keys: ids('k', 3), backups: ids('b', 20) };
        await seedWorld(db, world);
        const clients = Array.from({ length: stores }, () => new MongoClient(uri));
        try {
          const crowd = clients.map((client) => aStore(client.db(db.databaseName)));
          const calls = Array.from({ length: 100 }, (_, index) =>
            crowd[index % stores]!.rotate('k2', { reason }),
          );
          const results = await Promise.all(calls);
          const outcomes = results.map(({ outcome }) => outcome);
          expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
          expect(outcomes.filter((outcome) => outcome === 'already-rotated')).toHaveLength(99);
          const { violations, successors } = await audit(db, world);
          const heirs = new Set(results.map((result) => 'key' in result && result.key.id));
          expect([...heirs]).toEqual([successors.get('k2')]);
          expect(await crowd[0]!.countBackups()).toBe(world.backups.length - 1);
          expect(violations).toEqual([]);
        } finally {
          await Promise.all(clients.map((client) => client.close()));
        }
      });
    },
  );

  it('keeps a key for which there is no backup, until there is one', async () => {
    recordServer(describeServer(server));
    await onStage(server, topology, async ({ db }) => {
      await seedWorld(db, { keys: ids('k', 2), backups: [] });
      const store = aStore(db);
      const results = await Promise.all(
        Array.from({ length: 10 }, () => store.rotate('k1', { reason })),
      );
      expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['no-backup']));
      const exhausted = async () =>
        (await store.load()).filter((key) => key.exhausted).map(({ id }) => id);
      expect(await exhausted()).toEqual(['k1']);

      await store.addBackups([{ id: 'b1', secret: secretOf('b1') }]);
      const { rotated } = await store.recover();
      expect(rotated).toMatchObject([{ from: 'k1', to: 'b1', reason }]);
      expect(await exhausted()).toEqual([]);
      const { violations } = await audit(db, { keys: ids('k', 2), backups: ['b1'] });
      expect(violations).toEqual([]);
    });
  });
});
