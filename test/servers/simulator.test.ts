import { describe } from 'vitest';
import { describeOperations } from '../helpers/describe-operations.js';
import { startWireServer } from '../helpers/wire-server/start-wire-server.js';

for (const topology of ['standalone', 'replicaSet'] as const) {
  describe(`the simulator as a ${topology}`, () => {
    describeOperations(async () => {
      const server = await startWireServer({ topology });
      return { uri: server.uri, stop: () => server.close() };
    });
  });
}
