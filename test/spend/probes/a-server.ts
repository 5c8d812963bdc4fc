import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** Paths with their queries, and the credentials that came with them. */
  readonly requests: readonly { readonly url: string; readonly key: string | undefined }[];
  /** Resolves at the next request. */
  arrival(): Promise<void>;
}

/** A provider on this machine that answers as the test says. */
export async function aServer(handle: Handler): Promise<TestServer> {
  const requests: { url: string; key: string | undefined }[] = [];
  let arrived = () => {};
  const server = createServer((request, response) => {
    const { authorization, 'xi-api-key': own } = request.headers;
    requests.push({ url: request.url ?? '', key: authorization ?? own?.toString() });
    handle(request, response);
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    arrival: () =>
      new Promise((resolve) => {
        arrived = resolve;
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers each path, without its query, with a body; others with 404. */
export const answering =
  (bodies: Readonly<Record<string, unknown>>): Handler =>
  (request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    if (!Object.hasOwn(bodies, path)) return sendText(response, 404, '{"detail":"Not Found"}');
    sendText(response, 200, JSON.stringify(bodies[path]));
  };

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}
