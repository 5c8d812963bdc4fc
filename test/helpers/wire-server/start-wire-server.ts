import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Catalog } from './catalog.js';
import { SET_NAME, type ServerState, type Topology } from './command.js';
import { type Host, serve } from './connection.js';
import { Cursors } from './cursors.js';
import { ActiveHook, type Hook, type HookHandle } from './hooks.js';
import { Oplog } from './oplog.js';
import { Sessions } from './sessions.js';

export interface WireServerOptions {
  /** What `hello` says it is. @defaultValue `standalone` */
  readonly topology?: Topology;
  readonly setName?: string;
  readonly hooks?: readonly Hook[];
  /** @defaultValue one that is free */
  readonly port?: number;
}

/** What the server has seen so far. */
interface WireServerStats {
  readonly connections: number;
  /** Commands received, by name. */
  readonly commands: Readonly<Record<string, number>>;
  /** Retried writes that were answered without being applied again. */
  readonly deduplicated: number;
}

export interface WireServer extends AsyncDisposable {
  readonly uri: string;
  readonly stats: WireServerStats;
  on(hook: Hook): HookHandle;
  close(): Promise<void>;
}

/**
 * Starts a simulator of MongoDB, empty, on this machine's loopback address. Each command is applied
 * in one step, so writes are atomic and reads linearizable. It has no transactions, expiry, collations,
 * shards, secondaries or authentication, an index takes an array for one value, and concerns of reading
 * and writing are met by definition. A change stream follows the documents of one collection of a replica
 * set; it hears of no drop, sees no image of a document before, and forgets what is 10,000 changes ago.
 */
export async function startWireServer(options: WireServerOptions = {}): Promise<WireServer> {
  const { topology = 'standalone', setName = SET_NAME, hooks = [], port = 0 } = options;
  const active = hooks.map((hook) => new ActiveHook(hook));
  const sockets = new Set<Socket>();
  const stats = { connections: 0, commands: {} as Record<string, number>, deduplicated: 0 };
  const oplog = new Oplog();
  const state: ServerState = {
    topology,
    setName,
    catalog: new Catalog(oplog),
    oplog,
    cursors: new Cursors(),
    sessions: new Sessions(),
    address: '',
  };
  const host: Host = {
    state,
    hooks: active,
    received: (name) => {
      stats.commands[name] = (stats.commands[name] ?? 0) + 1;
    },
    answered: (reply) => {
      if ('retriedStmtIds' in reply) stats.deduplicated += 1;
    },
  };

  const server = createServer({ noDelay: true }, (socket) => {
    stats.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, host);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  state.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const close = async (): Promise<void> => {
    for (const hook of active) hook.release();
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  const query = topology === 'replicaSet' ? `replicaSet=${setName}` : 'directConnection=true';
  return {
    uri: `mongodb://${state.address}/?${query}`,
    stats,
    on: (hook) => {
      const handle = new ActiveHook(hook);
      active.push(handle);
      return handle;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
