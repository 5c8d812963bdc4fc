import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServerUnderTest, type ServerUnderTest } from './operation-suite/server-under-test.js';
import { operationSuite } from './operation-suite.js';
import { recordServer } from './proof.js';
import {
  type AvailableServer,
  describeServer,
  type StartedServer,
  type Topology,
} from './servers/available-server.js';

/** Registers the operation suite as tests on the server, once for each of its topologies. */
export function describeOperations(server: AvailableServer): void {
  for (const topology of server.topologies) {
    describe(`${describeServer(server)}, ${topology}`, () => describeTopology(server, topology));
  }
}

function describeTopology(available: AvailableServer, topology: Topology): void {
  const deviations = available.deviations[topology] ?? {};
  let started: StartedServer | undefined;
  let server: ServerUnderTest | undefined;
  beforeAll(async () => {
    started = await available.start(topology);
    server = await openServerUnderTest(started.uri);
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await started?.stop();
  });

  for (const [group, cases] of Object.entries(operationSuite)) {
    describe(group, () => {
      for (const operation of cases) {
        it(operation.name, { timeout: 30_000 }, async ({ skip }) => {
          if (!server!.suits(operation)) skip(`holds on a ${operation.topology} only`);
          recordServer(describeServer(available));
          const answer = await server!.answer(operation).catch(String);
          if (operation.name in deviations) {
            // A deviation that is gone should leave the list.
            expect(answer, deviations[operation.name]).not.toEqual(operation.answer);
            return;
          }
          expect(answer).toEqual(operation.answer);
        });
      }
    });
  }
}
