import { type Db, MongoClient } from 'mongodb';
import {
  type AvailableServer,
  describeServer,
  type StartedServer,
} from '../helpers/servers/available-server.js';
import type { Topology } from '../helpers/wire-server/command.js';

export interface Stage {
  readonly uri: string;
  readonly db: Db;
}

/** Every server at hand on each of its topologies, with a name for the test. */
export const stagesOf = (servers: readonly AvailableServer[]) =>
  servers.flatMap((server) =>
    server.topologies.map((topology) => ({
      server,
      topology,
      name: `${describeServer(server)}, ${topology}`,
    })),
  );

/** Works in a database of its own, and removes it: the server may be somebody's. */
export async function onStage(
  server: AvailableServer,
  topology: Topology,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  const started: StartedServer = await server.start(topology);
  const client = new MongoClient(started.uri);
  const db = client.db(`keypool-torture-${process.pid}-${Date.now().toString(36)}`);
  try {
    await work({ uri: started.uri, db });
  } finally {
    await db.dropDatabase().catch(() => undefined);
    await client.close();
    await started.stop();
  }
}
