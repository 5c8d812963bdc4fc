import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { availableServers, describeServer } from '../helpers/mongo.js';
import { startWireServer } from '../helpers/wire-server/start-wire-server.js';

const simulatorBinary = fileURLToPath(
  new URL('../helpers/wire-server/mongod.mjs', import.meta.url),
);

afterEach(() => vi.unstubAllEnvs());

const kinds = async () => (await availableServers()).map(({ kind }) => kind);

describe('availableServers', () => {
  it('names the best first and the simulator last, within a second', async () => {
    const startedAt = performance.now();
    const servers = await availableServers();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(servers.map(describeServer).at(-1)).toBe('simulator of MongoDB 8.2.6 (simulated)');
    const worth = ['real', 'independent', 'simulated'];
    // A server that a URI names comes before all others, whatever it is.
    const others = servers.slice(process.env['KEYPOOL_MONGODB_URI'] === undefined ? 0 : 1);
    const ranks = others.map(({ kind }) => worth.indexOf(kind));
    expect(ranks).toEqual([...ranks].sort());
  });

  it('puts the server that KEYPOOL_MONGODB_URI names first, under its own name', async () => {
    await using server = await startWireServer({ topology: 'replicaSet' });
    vi.stubEnv('KEYPOOL_MONGODB_URI', server.uri);
    const [first] = await availableServers();
    expect(first).toMatchObject({ kind: 'simulated', topologies: ['replicaSet'] });
    expect((await first?.start())?.uri).toBe(server.uri);
  });

  it('does not take the simulator for MongoDB, though it starts like one', async () => {
    vi.stubEnv('KEYPOOL_MONGODB_URI', undefined);
    vi.stubEnv('MONGOMS_SYSTEM_BINARY', simulatorBinary);
    expect(await kinds()).not.toContain('real');
  });

  it('complains of a server that is named and not there', async () => {
    vi.stubEnv('KEYPOOL_MONGODB_URI', 'mongodb://127.0.0.1:1/');
    await expect(availableServers()).rejects.toThrow('does not answer');
    vi.stubEnv('KEYPOOL_MONGODB_URI', undefined);
    vi.stubEnv('KEYPOOL_INDEPENDENT_SERVER', '/no/such/server');
    await expect(availableServers()).rejects.toThrow('/no/such/server');
  });
});
