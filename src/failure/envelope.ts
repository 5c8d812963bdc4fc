import { isRecord } from '../core/options.js';
import { parseBody } from '../limits/body/parse-body.js';
import { addText, type EnvelopeDraft, MAX_CHARACTERS, readObject } from './envelope-fields.js';

/** What a body says of a failure, whatever the envelope. */
export interface Envelope {
  /** Codes, types, reasons and statuses, outermost first, as written. */
  readonly codes: readonly string[];
  /** The messages, outermost first. */
  readonly texts: readonly string[];
  /** The HTTP status that the body repeats, or has instead of the response. */
  readonly status?: number;
  /** The wait in a field of its own (`retry_after`, RetryInfo), in seconds or as a Go duration. */
  readonly wait?: string;
  /** The headers that it quotes. */
  readonly headers?: unknown;
  /** Whether it names the provider upstream whose error it passes on. */
  readonly isRelayed: boolean;
}

/**
 * Reads an error out of a body: object or string `error`, `detail`, `errors[]`, a top-level message,
 * an array around all, JSON inside a message, an event stream, plain or truncated text.
 * Total, and bounded however large or cyclic the body.
 */
export function readEnvelope(body: unknown): Envelope {
  const draft: EnvelopeDraft = {
    codes: [],
    texts: [],
    status: undefined,
    wait: undefined,
    headers: undefined,
    isRelayed: false,
    room: MAX_CHARACTERS,
  };
  try {
    const parsed = parseBody(body);
    if (parsed.root === undefined) addText(draft, parsed.text);
    else collect(parsed.root, draft);
  } catch {
    // A getter or proxy threw: what was found before it stands.
  }
  const { codes, texts, status, wait, headers, isRelayed } = draft;
  return {
    codes,
    texts,
    isRelayed,
    ...(status === undefined ? {} : { status }),
    ...(wait === undefined ? {} : { wait }),
    ...(headers === undefined ? {} : { headers }),
  };
}

/** Whether the body itself reports an error, as some do under a 200. Total. */
export function isErrorBody(body: unknown): boolean {
  try {
    const { isError, root } = parseBody(body);
    return isError || reportsError(root);
  } catch {
    return false;
  }
}

const MAX_OBJECTS = 48;
/** Lists count: Google's quotas in JSON in a message lie seven deep. */
const MAX_DEPTH = 10;
const MAX_ELEMENTS = 8;

/** An error under any status: the test that keeps a model's answer from being read as one. */
function reportsError(root: unknown): boolean {
  if (Array.isArray(root)) return reportsError(root[0]);
  if (!isRecord(root)) return false;
  const { error, errors, type, status, success, ok, response } = root;
  if (isRecord(response) && isRecord(response['error'])) return true;
  // MiniMax and Baidu answer 200 to everything.
  if (isRecord(root['base_resp']) && isFault(root['base_resp']['status_code'])) return true;
  if (isFault(root['error_code'])) return true;
  // Google's maps: `{ "status": "REQUEST_DENIED", "error_message": "…", "results": [] }`.
  if (typeof root['error_message'] === 'string' && root['error_message'] !== '') return true;
  if (Array.isArray(errors) && errors.length > 0) return true;
  if (isRecord(error) || (typeof error === 'string' && error !== '')) return true;
  return type === 'error' || status === false || success === false || ok === false;
}

/** Where every answer has a code, 0 is that of success. */
function isFault(code: unknown): boolean {
  return typeof code === 'number' && code !== 0;
}

// Breadth first: what an outer object says is said of this response, inner ones quote others.
function collect(root: unknown, draft: EnvelopeDraft): void {
  let layer: unknown[] = [root];
  let objects = 0;
  for (let depth = 0; depth < MAX_DEPTH && layer.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of layer) {
      if (Array.isArray(value)) next.push(...value.slice(0, MAX_ELEMENTS));
      if (typeof value === 'string' && depth > 0) addText(draft, value);
      if (!isRecord(value) || objects >= MAX_OBJECTS) continue;
      objects += 1;
      next.push(...readObject(value, draft));
    }
    layer = next;
  }
}
