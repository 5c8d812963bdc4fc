import { isRecord } from '../core/options.js';
import { parseBody } from '../limits/body/parse-body.js';

/** More text than this is not read. */
export const MAX_CHARACTERS = 65_536;

/** An envelope while the body is read. */
export interface EnvelopeDraft {
  readonly codes: string[];
  readonly texts: string[];
  status: number | undefined;
  wait: string | undefined;
  /** Headers that the body quotes. */
  headers: unknown;
  /** Whether it names the provider upstream whose error it passes on. */
  isRelayed: boolean;
  /** Characters that may still be read. */
  room: number;
}

const CODE_FIELDS = [
  'code',
  'type',
  'reason',
  'status',
  'error_type',
  'error_code',
  'err_code', // Deepgram
  'status_code', // MiniMax
  'scode',
  'limit_source',
  'quotaId',
  'name', // Jina
];
const TEXT_FIELDS = [
  'message',
  'Message', // Amazon
  'error',
  'Error', // OMDb
  'errors', // Shopify
  'detail',
  'title',
  'raw',
  'msg',
  'err_msg',
  'status_msg',
  'status_message',
  'error_message',
  'error_msg', // Baidu
  'info', // apilayer
  'error_description',
];
const STATUS_FIELDS = ['status', 'code', 'statusCode', 'http_code', 'status_code'];
/** In seconds, or with their unit. */
const WAIT_FIELDS = [
  'retry_after',
  'retry_after_seconds',
  'retryDelay',
  'quotaResetDelay',
  'resets_in_seconds',
];
const NESTED_FIELDS = [
  'error',
  'errors',
  'message', // GitLab
  'detail',
  'details',
  'metadata',
  'meta',
  'fault', // WSO2
  'extensions', // GraphQL
  'violations',
  'response',
  'base_resp', // MiniMax
];

/** Adds what one object says itself; returns what may say more. */
export function readObject(
  value: Readonly<Record<string, unknown>>,
  draft: EnvelopeDraft,
): unknown[] {
  for (const name of CODE_FIELDS) addCode(draft, value[name]);
  for (const name of STATUS_FIELDS) draft.status ??= statusIn(value[name]);
  for (const name of WAIT_FIELDS) draft.wait ??= waitIn(value[name]);
  addCode(draft, codeOfError(value['error']));
  if (isRecord(value['headers'])) draft.headers ??= value['headers'];
  // OpenRouter: `null` where the error is its own.
  if (typeof value['provider_name'] === 'string') draft.isRelayed = true;
  const nested: unknown[] = NESTED_FIELDS.map((name) => value[name]).filter(isNested);
  for (const name of TEXT_FIELDS) {
    const text = value[name];
    if (typeof text !== 'string') continue;
    const { root } = /^\s*[[{]/.test(text) ? parseBody(text) : {};
    if (root === undefined) addText(draft, text);
    else nested.push(root);
  }
  return nested;
}

/** A string under such a name is a text or nothing. */
function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function addCode(draft: EnvelopeDraft, value: unknown): void {
  const code = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof code === 'string' && code !== '' && code.length <= 200) draft.codes.push(code);
}

/** OAuth (RFC 6749 §5.2) and Slack put a code where others have words: `{ "error": "invalid_grant" }`. */
function codeOfError(error: unknown): unknown {
  return typeof error === 'string' && /^[a-z]\w*$/i.test(error) ? error : undefined;
}

/** Adds a message as far as there is room. */
export function addText(draft: EnvelopeDraft, text: string): void {
  if (text === '' || draft.room <= 0) return;
  draft.texts.push(text.slice(0, draft.room));
  draft.room -= text.length;
}

function statusIn(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

function waitIn(value: unknown): string | undefined {
  if (typeof value === 'number') return `${value}s`;
  return typeof value === 'string' && value.length <= 40 ? value : undefined;
}
