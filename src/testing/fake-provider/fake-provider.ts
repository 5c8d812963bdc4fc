import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { anthropic } from './anthropic.js';
import { Call } from './call.js';
import { answerCompletion } from './completions.js';
import type { Dialect } from './dialect.js';
import { readBody, readKey, sendJson } from './http.js';
import { answerKeyInfo } from './key-info.js';
import type { Misbehaviour, MisbehaviourOptions, MisbehaviourTarget } from './misbehaviour.js';
import { openai } from './openai.js';
import { errorBody } from './openai-faults.js';
import { type FakeProviderOptions, resolveOptions } from './options.js';
import type { KeySpend } from './spend.js';
import { type FakeProviderStats, State } from './state.js';

/** A provider on this machine that keeps its limits to the unit and counts every overrun. */
export interface FakeProvider extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: Anthropic's base URL; OpenAI's is this and `/v1`. */
  readonly url: string;
  stats(): FakeProviderStats;
  /** Starts every count anew; limits, money and misbehaviour stay as they are. */
  resetStats(): void;
  /** Makes the calls that fit `options` go wrong; what is asked for last comes first. */
  misbehave(how: Misbehaviour, options?: MisbehaviourOptions): void;
  /** Ends what `misbehave` began with these fields; without fields, everything. */
  heal(target?: MisbehaviourTarget): void;
  /** Sets what a key has spent and may spend; a key at its budget is refused as LiteLLM does. */
  spend(key: string, spend: KeySpend): void;
  /** Closes every connection at once, and the server. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server that answers as Anthropic (`POST /v1/messages`), OpenAI
 * (`POST /v1/chat/completions`) and LiteLLM (`/key/info`) do, streams included, and holds its callers
 * to the given limits.
 *
 * A completion is admitted when every limit can take it: 1 of `requests`, its input of `inputTokens`,
 * input and output of `tokens`, and `outputTokens` above zero. Output is charged as it is written and
 * may leave a debt. Input counts ceil(characters / 4); the request headers `x-fake-input-tokens` and
 * `x-fake-output-tokens` force exact numbers.
 */
export async function startFakeProvider(options: FakeProviderOptions): Promise<FakeProvider> {
  const settings = resolveOptions(options);
  const state = new State(settings);
  const server = createServer((request, response) => void handle(state, request, response));
  // A server that hangs up on idle connections races its callers' next request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const url = await listen(server, settings.port);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= shutDown(server);
    return closing;
  };

  return {
    url,
    stats: () => state.stats(),
    resetStats: () => state.resetStats(),
    misbehave(how, target = {}) {
      state.checkTarget(target);
      state.misbehaviours.add(how, target);
    },
    heal(target = {}) {
      state.checkTarget(target);
      state.misbehaviours.heal(target);
    },
    spend(key, spend) {
      state.checkKey('key', key);
      state.spend.set(key, spend);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function handle(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return;
  // The injected clock states the time, not the host's.
  response.sendDate = false;
  const key = readKey(request.headers);
  const [path = '/'] = (request.url ?? '/').split('?');
  if (path === '/key/info') return answerKeyInfo(state, response, key);
  const dialect = request.method === 'POST' ? dialects.get(path) : undefined;
  if (dialect === undefined) return answerNotFound(request, response, path);
  await answerCompletion(state, new Call(state, response, dialect, key), request, body);
}

const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/messages', anthropic],
  ['/v1/chat/completions', openai],
]);

function answerNotFound({ method }: IncomingMessage, response: ServerResponse, path: string): void {
  const message = `Invalid URL (${method} ${path})`;
  sendJson(response, 404, errorBody({ type: 'invalid_request_error', message }), {});
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('No port to listen on');
      resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
