import { startFakeProvider } from 'keypool/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoRotationStore } from '../../src/mongodb/mongo-rotation-store.js';
import { MongoSpendHistory } from '../../src/mongodb/mongo-spend-history.js';
import { availableServers, describeServer } from '../helpers/mongo.js';
import { recordServer } from '../helpers/proof.js';
import { buildChild, type ChildScript } from '../torture/processes/build-child.js';
import { onStage, stagesOf } from '../torture/servers.js';
import { Crew } from './processes/crew.js';

const PROCESSES = 8;
const KEYS = 8;

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
const secretOf = (id: string) => `sk-${id}-0123456789`;
const credentials = (all: readonly string[]) => all.map((id) => ({ id, secret: secretOf(id) }));

let script: ChildScript;
let crew: Crew;
beforeAll(async () => {
  script = await buildChild(new URL('./processes/child.ts', import.meta.url));
  crew = new Crew(script.path, PROCESSES);
  await crew.heard('ready');
}, 60_000);
afterAll(async () => {
  crew?.[Symbol.dispose]();
  await script?.[Symbol.asyncDispose]();
});

// Each server once: topologies differ in how news travels, which this is not about.
const servers = await availableServers();
const stages = servers.flatMap((server) => stagesOf([server]).slice(0, 1));

describe.each(stages)('on $name', ({ server, topology }) => {
  it.each([
    ['a backup for each key', KEYS],
    ['fewer backups than keys', 3],
  ])(
    `${PROCESSES} processes find all keys over budget at once, with %s`,
    { timeout: 60_000 },
    async (_, spare) => {
      recordServer(describeServer(server));
      const [keys, backups] = [ids('k', KEYS), ids('b', KEYS)];
      const organisation = { id: 'o', keys: [...keys, ...backups].map(secretOf), limits: {} };
      await using provider = await startFakeProvider({ organisations: [organisation] });
      for (const id of keys) provider.spend(secretOf(id), { spend: 10, maxBudget: 10 });
      for (const id of backups) provider.spend(secretOf(id), { spend: 0, maxBudget: 10 });

      await onStage(server, topology, async ({ uri, db }) => {
        const store = new MongoRotationStore({ db });
        const history = new MongoSpendHistory({ db });
        await Promise.all([store.ensureIndexes(), history.ensureIndexes()]);
        await store.addKeys(credentials(keys));
        await store.addBackups(credentials(backups.slice(0, spare)));

        crew.tell({ uri, database: db.databaseName, baseUrl: provider.url });
        const outcomes = (await crew.heard('checked')).map((news) => news.outcomes);
        const said = (id: string) => outcomes.map((each) => each[id]);

        // Each key that got a backup was rotated by one process, and that one wrote it down.
        const rotations = await store.history();
        const rows = await history.list({ event: 'rotated' });
        expect(rotations).toHaveLength(spare);
        expect(new Set(rotations.map(({ to }) => to)).size).toBe(spare);
        expect(pairsOf(rows.map(({ keyId, replacedBy }) => [keyId, replacedBy]))).toEqual(
          pairsOf(rotations.map(({ from, to }) => [from, to])),
        );
        for (const { from } of rotations) {
          expect(said(from).filter((outcome) => outcome === 'rotated')).toHaveLength(1);
        }
        // None is lost: the others wait, parked, for all to see.
        const stored = await store.load();
        expect(stored).toHaveLength(KEYS);
        expect(stored.filter(({ exhausted }) => exhausted === true)).toHaveLength(KEYS - spare);
        for (const { id, exhausted } of stored) {
          if (exhausted === true) expect(said(id)).toEqual(Array(PROCESSES).fill('no-backup'));
        }
        expect(await store.countBackups()).toBe(0);

        await store.addBackups(credentials(backups.slice(spare)));
        const whole = await crew.heard('whole');
        for (const { keyIds } of whole) expect([...keyIds].sort()).toEqual([...backups].sort());
        expect(await store.history()).toHaveLength(KEYS);
        expect((await store.load()).some(({ exhausted }) => exhausted === true)).toBe(false);
        crew.tell('leave');
        await crew.heard('ready');
      });
    },
  );
});

const pairsOf = (pairs: readonly (readonly unknown[])[]) =>
  pairs.map((pair) => pair.join(' → ')).sort();
