import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Headers } from './dialect.js';

/** The whole body as text; `undefined` when the caller hung up before its end. */
export function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      text += part;
    });
    request.once('end', () => resolve(text));
    request.once('close', () => resolve(undefined));
  });
}

/** The key, from `x-api-key` or as a bearer token: both providers' SDKs can send either. */
export function readKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return key;
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return token;
}

/** A count that the caller forces on the fake; `invalid` when it is not a whole number. */
export function readHint(
  headers: IncomingHttpHeaders,
  name: string,
): number | undefined | 'invalid' {
  const value = headers[name];
  if (value === undefined) return undefined;
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : 'invalid';
}

/** Parsed JSON; `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Headers,
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
