/** A body as far as it could be understood. */
export interface ParsedBody {
  /** The parsed JSON, where there is any. */
  readonly root?: unknown;
  /** The text, where there is no JSON. */
  readonly text: string;
  /** Whether the form alone says that it is an error: an error event, or an error cut short. */
  readonly isError: boolean;
}

/** Longer bodies are read up to here: an error says what it is at once. */
const MAX_LENGTH = 65_536;

/** Turns a body into JSON: already parsed, as text, in an event stream or cut short. */
export function parseBody(body: unknown): ParsedBody {
  if (typeof body !== 'string') return { root: body ?? undefined, text: '', isError: false };
  const text = body.slice(0, MAX_LENGTH).trim();
  if (/^(?:event|data|id|retry|):/.test(text)) return parseEvents(text);
  if (!/^[[{]/.test(text)) return { text, isError: false };
  const root = parseJson(text);
  return root === undefined ? parseTruncated(text) : { root, text, isError: false };
}

/** The first event of a stream that reports an error. */
function parseEvents(text: string): ParsedBody {
  let event = '';
  for (const line of text.split(/\r?\n/)) {
    if (line === '') event = '';
    if (line.startsWith('event:')) event = line.slice(6).trim();
    if (!line.startsWith('data:')) continue;
    const data = line.slice(5).trim();
    const isError = event === 'error' || event === 'response.failed';
    // Deltas by the thousand: parse only what may be an error.
    if (!isError && !/^\{\s*"(?:error|type)"\s*:\s*(?:\{|"error"|"response.failed")/.test(data)) {
      continue;
    }
    return { root: parseJson(data) ?? parseTruncated(data).root, text: data, isError: true };
  }
  return { text: '', isError: false };
}

/** Fields of JSON that breaks off, as logs and proxies cut it. */
function parseTruncated(text: string): ParsedBody {
  const isError = /^[[\s]*\{\s*"(?:error"\s*:|type"\s*:\s*"error")/.test(text);
  const fields =
    /"(code|type|status|reason|message|detail|error)"\s{0,8}:\s{0,8}(?:"((?:[^"\\]|\\.){0,2000})|(\d{3}))/g;
  const root: Record<string, string> = {};
  let found = 0;
  for (const match of text.matchAll(fields)) {
    found += 1;
    if (found > 16) break;
    const [all, name = '', string, number] = match;
    const isCut = string !== undefined && text[match.index + all.length] !== '"';
    const value = (string ?? number ?? '').replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
    root[name] ??= isCut ? withoutLastWord(value) : value;
  }
  return found === 0 ? { text, isError } : { root, text, isError };
}

/**
 * The last word of a text cut short may be half a credential, which nothing would tell as one; so
 * may the two halves that a line's end parts.
 */
function withoutLastWord(text: string): string {
  const words = text.split(/(\s)/);
  const kept = words.at(-2) === '\n' ? -4 : -2;
  return words.slice(0, kept).join('');
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value ?? undefined;
  } catch {
    return undefined;
  }
}
