import { BEGINNING, CREDENTIALS, LABELLED, NAMED, TOKEN, URL_USER } from './credential-forms.js';
import { isPlain, looksRandom } from './looks-random.js';

const MAX_OUTPUT = 500;

/** Enough to fill the output though credentials be removed from it. */
const MAX_INPUT = 4096;

const REDACTED = '[redacted]';

/**
 * A message without anything that looks like a credential, at most 500 characters: some
 * providers echo keys. Linear in time.
 */
export function scrub(text: string): string {
  let result = oneLine(rejoin(cutToWords(text)).replace(URL_USER, REDACTED));
  result = result.replace(LABELLED, (all, name: string, between: string, value: string) =>
    isCount(name, value) ? all : name + between + REDACTED,
  );
  result = result.replace(NAMED, (all, name: string, between: string, value: string) =>
    isWordy(value) ? all : name + between + REDACTED,
  );
  for (const credential of CREDENTIALS) result = result.replace(credential, REDACTED);
  result = result.replace(TOKEN, (word) => (looksRandom(word) ? REDACTED : word));
  return wellFormed(result.slice(0, MAX_OUTPUT));
}

/** `token: 8192` is an amount. */
function isCount(name: string, value: string): boolean {
  return /^token$/i.test(name) && /^\d{1,12}$/.test(value);
}

/** Words, numbers, and names made of both. */
function isWordy(value: string): boolean {
  return value.split(/[^A-Za-z0-9]+/).every(isPlain);
}

// A terminal wraps a key at its width; the second half need not look like one. A word that begins
// the line behind a key is lost with it.
function rejoin(text: string): string {
  return text.replace(
    /(?<![\w.~+/=%-])([\w.~+/=%-]{8,})\r?\n([\w.~+/=%-]{4,})/g,
    (all, start: string, end: string) => (isHalf(start, end) ? start + end : all),
  );
}

function isHalf(start: string, end: string): boolean {
  return looksRandom(start) || BEGINNING.test(start) || (!isWordy(end) && looksRandom(start + end));
}

// A word cut in two might be half a key, too short to look like one.
function cutToWords(text: string): string {
  if (text.length <= MAX_INPUT) return text;
  const start = text.slice(0, MAX_INPUT);
  const end = Math.max(start.lastIndexOf(' '), start.lastIndexOf('\n'));
  return start.slice(0, Math.max(0, end));
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would forge lines in a log.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

function wellFormed(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
