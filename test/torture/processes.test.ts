import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableServers, describeServer } from '../helpers/mongo.js';
import { recordServer } from '../helpers/proof.js';
import { audit } from './audit.js';
import { liesIn } from './hearsay.js';
import { buildChild, type ChildScript } from './processes/build-child.js';
import type { Child } from './processes/children.js';
import { Children } from './processes/children.js';
import { onStage, stagesOf } from './servers.js';
import { watchCount } from './watch-count.js';
import { aStore, ids, seedWorld } from './world.js';

const PROCESSES = 8;
const ROTATIONS = 200;
const world = { keys: ids('k', 24), backups: ids('b', PROCESSES * ROTATIONS) };

let script: ChildScript;
let children: Children;
beforeAll(async () => {
  script = await buildChild();
  children = new Children(script.path, PROCESSES);
}, 60_000);
afterAll(async () => {
  await children?.[Symbol.asyncDispose]();
  await script?.[Symbol.asyncDispose]();
});

describe.each(stagesOf(await availableServers()))('on $name', ({ server, topology, name }) => {
  it(`${PROCESSES} processes rotate ${ROTATIONS} times each`, { timeout: 300_000 }, async () => {
    recordServer(describeServer(server));
    await onStage(server, topology, async ({ uri, db }) => {
      await seedWorld(db, world);
      const startedAt = performance.now();
      const crew = await Promise.all(Array.from({ length: PROCESSES }, () => children.take()));
      const work = { kind: 'rush', rotations: ROTATIONS } as const;
      const order = { uri, database: db.databaseName, work };
      const working = Promise.all(crew.map((child: Child) => child.obey(order)));
      const reads = await watchCount(db, world.keys.length, working);
      const heard = (await working).flat();
      for (const child of crew) children.giveBack(child);

      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      const rotated = heard.filter(({ outcome }) => outcome === 'rotated').length;
      console.log(
        `${name}: ${PROCESSES} processes, ${rotated} rotations, ${heard.length - rotated} lost ` +
          `races, ${world.keys.length} keys at each of ${reads} reads, ${seconds} s`,
      );
      expect(rotated).toBe(PROCESSES * ROTATIONS);
      // Nothing is left to be done, so nobody has to recover.
      const { violations, successors } = await audit(db, world);
      expect([...violations, ...liesIn(heard, successors)]).toEqual([]);
      expect(successors.size).toBe(PROCESSES * ROTATIONS);
      expect(await aStore(db).countBackups()).toBe(0);
    });
  });
});
