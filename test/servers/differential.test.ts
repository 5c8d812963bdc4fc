import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RandomOperation, randomOperation } from '../helpers/differential/random-operation.js';
import { type AvailableServer, availableServers, describeServer } from '../helpers/mongo.js';
import { answerOf, type Rows } from '../helpers/operation-suite/operation-case.js';
import { recordProof, recordServer } from '../helpers/proof.js';

const servers = await availableServers();
const simulator = servers.find(({ kind }) => kind === 'simulated');
const yardsticks = servers.filter(({ kind }) => kind !== 'simulated');
const closers: (() => Promise<void>)[] = [];
const RUNS = Number(process.env['KEYPOOL_DIFFERENTIAL_RUNS'] ?? 150);

/** A collection on the server, with the indexes of a store, emptied before each run. */
async function openRows(server: AvailableServer): Promise<Rows> {
  const { uri, stop } = await server.start();
  const client = await new MongoClient(uri).connect();
  const rows: Rows = client.db(`differential_${process.pid}`).collection('rows');
  await rows.createIndex({ pool: 1, fp: 1 }, { unique: true });
  await rows.createIndex({ 'claim.a': 1 }, { unique: true, sparse: true });
  closers.push(async () => {
    await rows.drop();
    await client.close();
    await stop();
  });
  return rows;
}

async function answersOf(rows: Rows, operations: readonly RandomOperation[]) {
  await rows.deleteMany({});
  const answers: Record<string, unknown> = {};
  for (const [index, operation] of operations.entries()) {
    answers[`${index}: ${operation.shown}`] = codeOnly(await answerOf(operation.run(rows)));
    answers[`${index}: rows after it`] = await rows.find().sort({ _id: 1 }).toArray();
  }
  return answers;
}

const TYPE_MISMATCH = 14;
const PATH_NOT_VIABLE = 28;

/** Where two things are wrong, two indexes or two fields, none is promised to be the one named. */
function codeOnly(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return answer;
  return { error: answer.error === PATH_NOT_VIABLE ? TYPE_MISMATCH : answer.error };
}

describe('the simulator answers random operations', () => {
  if (yardsticks.length === 0) it.skip('like another server: this machine has none to compare');

  for (const server of yardsticks) {
    describe(`like ${describeServer(server)}`, () => {
      let theirs: Rows | undefined;
      let ours: Rows | undefined;
      beforeAll(async () => {
        theirs = await openRows(server);
        ours = await openRows(simulator!);
      }, 60_000);
      afterAll(async () => {
        for (const close of closers.splice(0)) await close();
      });

      it('with the same answers, errors and documents', { timeout: 120_000 }, async () => {
        recordServer(describeServer(server));
        const operations = fc.array(randomOperation, { minLength: 1, maxLength: 12 });
        const isSame = fc.asyncProperty(operations, async (drawn) => {
          expect(await answersOf(ours!, drawn)).toEqual(await answersOf(theirs!, drawn));
        });
        await fc.assert(isSame, { numRuns: RUNS });
        recordProof({ properties: 1, seeds: RUNS });
      });
    });
  }
});
