import { isRecord } from '../core/options.js';
import { parseBody } from '../limits/body/parse-body.js';

/** What a body says of a failure, whatever the envelope. */
export interface Envelope {
  /** Whether the body itself reports an error, as some do under a 200. */
  readonly isError: boolean;
  /** Codes, types, reasons and statuses, outermost first, as written. */
  readonly codes: readonly string[];
  /** The messages, outermost first. */
  readonly texts: readonly string[];
  /** The HTTP status that the body repeats, or has instead of the response. */
  readonly status?: number;
  /** The wait in a field of its own (`retry_after`, RetryInfo), in seconds or as a Go duration. */
  readonly wait?: string;
}

/**
 * Reads an error out of a body: object or string `error`, `detail`, `errors[]`, a top-level message,
 * an array around all, JSON inside a message, an event stream, plain or truncated text.
 * Total, and bounded however large or cyclic the body.
 */
export function readEnvelope(body: unknown): Envelope {
  const found: Findings = {
    codes: [],
    texts: [],
    status: undefined,
    wait: undefined,
    room: MAX_CHARACTERS,
  };
  let isError = false;
  try {
    const parsed = parseBody(body);
    isError = parsed.isError || reportsError(parsed.root);
    if (parsed.root === undefined) addText(found, parsed.text);
    else collect(parsed.root, found);
  } catch {
    // A getter or proxy threw: what was found before it stands.
  }
  const { codes, texts, status, wait } = found;
  return {
    isError,
    codes,
    texts,
    ...(status === undefined ? {} : { status }),
    ...(wait === undefined ? {} : { wait }),
  };
}

const MAX_CHARACTERS = 65_536;
const MAX_OBJECTS = 48;
const MAX_DEPTH = 6;
const MAX_ELEMENTS = 8;

const CODE_FIELDS = [
  'code',
  'type',
  'reason',
  'status',
  'error_type',
  'scode',
  'limit_source',
  'quotaId',
];
const TEXT_FIELDS = ['message', 'error', 'detail', 'title', 'raw', 'msg', 'error_description'];
const STATUS_FIELDS = ['status', 'code', 'statusCode', 'http_code'];
const WAIT_FIELDS = ['retry_after', 'retryDelay'];
const NESTED_FIELDS = [
  'error',
  'errors',
  'detail',
  'details',
  'metadata',
  'violations',
  'response',
];

interface Findings {
  readonly codes: string[];
  readonly texts: string[];
  status: number | undefined;
  wait: string | undefined;
  /** Characters that may still be read. */
  room: number;
}

/** An error under any status: the test that keeps a model's answer from being read as one. */
function reportsError(root: unknown): boolean {
  if (Array.isArray(root)) return reportsError(root[0]);
  if (!isRecord(root)) return false;
  const { error, errors, type, status, success, response } = root;
  if (isRecord(response) && isRecord(response['error'])) return true;
  if (Array.isArray(errors) && errors.length > 0) return true;
  if (isRecord(error) || (typeof error === 'string' && error !== '')) return true;
  return type === 'error' || status === false || success === false;
}

// Breadth first: what an outer object says is said of this response, inner ones quote others.
function collect(root: unknown, found: Findings): void {
  let layer: unknown[] = [root];
  let objects = 0;
  for (let depth = 0; depth < MAX_DEPTH && layer.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of layer) {
      if (Array.isArray(value)) next.push(...value.slice(0, MAX_ELEMENTS));
      if (!isRecord(value) || objects >= MAX_OBJECTS) continue;
      objects += 1;
      next.push(...readObject(value, found));
    }
    layer = next;
  }
}

function readObject(value: Readonly<Record<string, unknown>>, found: Findings): unknown[] {
  for (const name of CODE_FIELDS) addCode(found, value[name]);
  for (const name of STATUS_FIELDS) found.status ??= statusIn(value[name]);
  for (const name of WAIT_FIELDS) found.wait ??= waitIn(value[name]);
  const nested = NESTED_FIELDS.map((name) => value[name]);
  for (const name of TEXT_FIELDS) {
    const text = value[name];
    if (typeof text !== 'string') continue;
    const { root } = /^\s*[[{]/.test(text) ? parseBody(text) : {};
    if (root === undefined) addText(found, text);
    else nested.push(root);
  }
  return nested;
}

function addCode(found: Findings, code: unknown): void {
  if (typeof code === 'string' && code !== '' && code.length <= 200) found.codes.push(code);
}

function addText(found: Findings, text: string): void {
  if (text === '' || found.room <= 0) return;
  found.texts.push(text.slice(0, found.room));
  found.room -= text.length;
}

function statusIn(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

function waitIn(value: unknown): string | undefined {
  if (typeof value === 'number') return `${value}s`;
  return typeof value === 'string' && value.length <= 40 ? value : undefined;
}
