import { eraseSecret } from '../../core/erase-secret.js';
import { SpendProbeError } from '../../core/errors.js';
import { scrub } from '../../failure/scrub.js';
import type { SpendProbeKey } from '../spend-probe.js';
import { type Asked, type EXCEEDED, type Json, readAnswer } from './read-answer.js';
import { MAX_BYTES, readText } from './read-text.js';

export interface Question extends Asked {
  readonly fetch: typeof fetch | undefined;
}

/** A request to be made. */
export interface GetRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The JSON object that the provider answers, or `EXCEEDED`. Redirects are not followed: they would
 * carry the key elsewhere.
 * @throws SpendProbeError that names what went wrong, and neither the key nor an URL that may hold it
 */
export async function getJson(
  question: Question,
  request: Request | GetRequest,
): Promise<Json | typeof EXCEEDED> {
  const { where } = question;
  let response: Response;
  try {
    response = await send(question, request);
  } catch (error) {
    throw unsent(error, request, where);
  }
  const { status } = response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    await discard(response);
    const message = `${where}: answered ${status} with another place to ask, which is not followed`;
    throw new SpendProbeError('redirect', message, { status });
  }
  let text: string | undefined;
  try {
    text = await readText(response);
  } catch {
    throw new SpendProbeError('network', `${where}: the answer broke off`, { status });
  }
  // HTTP holds a body to the length that it states; a `fetch` of the caller's own need not.
  if (text === undefined || text.length > MAX_BYTES) {
    const message = `${where}: the answer is larger than ${MAX_BYTES} bytes`;
    throw new SpendProbeError('too-large', message, { status });
  }
  return readAnswer(text, response, question);
}

/** The key as a bearer token, as most providers want it. */
export function bearer({ secret }: SpendProbeKey): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secret.reveal()}`, accept: 'application/json' };
}

/** What an error of the caller's own code says, without the key. */
export function wordsOf(error: unknown, secret: string): string {
  // The key first: what else looks like one may take half of it away.
  return error instanceof Error ? scrub(eraseSecret(error.message, secret)) : 'what is no error';
}

function send({ context, fetch: own }: Question, request: Request | GetRequest): Promise<Response> {
  const { signal } = context;
  const ask = own ?? globalThis.fetch;
  if ('method' in request) return ask(request, { redirect: 'manual', signal });
  // The global one refuses what fits no header; what the caller's own does, nobody knows.
  if (own !== undefined) new Headers(request.headers);
  return ask(request.url, { redirect: 'manual', signal, headers: { ...request.headers } });
}

function unsent(error: unknown, request: Request | GetRequest, where: string): SpendProbeError {
  if (!('method' in request) && !isSendable(request.headers)) {
    const message = 'the key cannot be put in a header: it holds a character that no header may';
    return new SpendProbeError('probe', `${where}: ${message}`);
  }
  // Its words may hold the address, and that the key.
  return new SpendProbeError('network', `${where}: no answer (${codeOf(error)})`);
}

function isSendable(headers: Readonly<Record<string, string>>): boolean {
  try {
    new Headers(headers);
    return true;
  } catch {
    return false;
  }
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

/** A system's code, such as `ECONNREFUSED`, and nothing else of what was thrown. */
function codeOf(error: unknown): string {
  if (!isObject(error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code;
  if ('cause' in error && error.cause !== undefined) return codeOf(error.cause);
  return 'name' in error && typeof error.name === 'string' ? scrub(error.name) : 'unknown';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
