import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { nameOf } from '../wire-server/command.js';
import { MessageReader, parseRequest, responseTo } from '../wire-server/message.js';

export interface LossyProxy {
  /** Host and port to connect to. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Stands between a client and any server; closes the connection in place of the first answer to
 * the command, which the server has applied by then.
 */
export async function startLossyProxy(target: string, command: string): Promise<LossyProxy> {
  const [host = '', port = ''] = target.split(/:(?=\d+$)/);
  const sockets = new Set<Socket>();
  let lost: number | undefined;

  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    const requests = new MessageReader();
    const replies = new MessageReader();
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (bytes) => {
      for (const message of requests.read(bytes)) {
        const request = parseRequest(message);
        if (nameOf(request.command) === command) lost ??= request.id;
        upstream.write(message);
      }
    });
    upstream.on('data', (bytes) => {
      for (const message of replies.read(bytes)) {
        if (responseTo(message) === lost) return end();
        client.write(message);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
