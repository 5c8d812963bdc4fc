import { independentServer } from './independent-server.js';
import type { AvailableServer } from './servers/available-server.js';
import { installedServer, serverAt } from './servers/real-server.js';
import { VERSION } from './wire-server/commands/handshake.js';
import { startWireServer } from './wire-server/start-wire-server.js';

export { type AvailableServer, describeServer } from './servers/available-server.js';

/** The servers this machine has, the one worth most first. Looks without the network. */
export async function availableServers(): Promise<AvailableServer[]> {
  const uri = process.env['KEYPOOL_MONGODB_URI'];
  const servers = [
    uri === undefined ? undefined : await serverAt(uri),
    await installedServer(),
    independentServer(),
    simulator,
  ];
  return servers.filter((server) => server !== undefined);
}

/** The simulator of this repository, which proves what the store asks, not what MongoDB answers. */
const simulator: AvailableServer = {
  kind: 'simulated',
  name: 'simulator',
  version: `of MongoDB ${VERSION}`,
  topologies: ['standalone', 'replicaSet'],
  deviations: {},
  start: async (topology = 'standalone') => {
    const server = await startWireServer({ topology });
    return { uri: server.uri, stop: () => server.close() };
  },
};
