import { COMPLAINT } from './complaint.js';

/** Statuses that blame a key or a limit by themselves: their words can only excuse it. */
const BLAMING: readonly number[] = [401, 402, 429];

/** A mark that opens a quotation, and no apostrophe. */
const OPENING = /(?<!\w)["'`‘“«「『]/;

const MARK = /(?<!\w)["'`‘“«「『]|["'`’”»」』](?!\w)/g;

/** What stands before a mark that closes. */
const LAST_OF_QUOTATION = /[^\s([{=:,"'`‘“«「『]/;

/** With its phrase: `400 Bad Request`. */
const STATUS = String.raw`\b[45]\d\d(?: [A-Z]\w{1,20}){0,3}`;

const SPEAKER = [
  '[Ee]rror|[Ee]xception|[Mm]essage|[Rr]eason|[Uu]pstream|[Pp]rovider',
  '[Rr]esponse|[Rr]esponded|[Rr]eplied|[Rr]eturned|[Ss]ays|[Ss]aid',
  String.raw`\b[Ss]tatus|\b[Cc]ode|${STATUS}`,
].join('|');

/** What may stand between the speaker and the quotation: `Error from upstream: `, `status code 400: `. */
const LINK = String.raw`was|is|with|code|status|body|(?:from|by) \w{1,20}|${STATUS}`;

/**
 * What stands before another's error: `AnthropicException - {`, `Upstream said: `, `status code 400: {`;
 * or nothing, where the message is an object as another language prints it.
 */
const INTRODUCTION = new RegExp(
  String.raw`(?:^\W{0,8}[{[]|(?:${SPEAKER})(?: (?:${LINK})){0,3})\W{0,8}(?:b["']\W{0,4})?$`,
);

/** An introduction is not longer. */
const MAX_INTRODUCTION = 120;

/** Nothing but a quotation. */
const QUOTATION_ONLY = /^\W{0,4}(["'`])[^"'`]*\1\W*$|^\W{0,4}“[^”]*”\W*$/;

/** A mark within the sentence that another mark opened. */
const WITHIN = /\w \(?["'`“‘]\w/;

/**
 * Messages without what they quote of the caller's own words: a validator repeats whatever it was
 * sent, and "API key expired" may be the name of a tool. A quotation that is introduced as another's
 * error stays. Between the outermost marks nothing is kept, as a caller can write marks too.
 */
export function withoutEchoes(texts: readonly string[], status: number): readonly string[] {
  if (BLAMING.includes(status) || status >= 500) return texts;
  const isOfRequest = texts.some((text) => COMPLAINT.test(text));
  return texts.map((text) => withoutQuotation(text, isOfRequest));
}

function withoutQuotation(text: string, isOfRequest: boolean): string {
  const start = text.search(OPENING);
  if (start < 0 || (!isOfRequest && quotesAnError(text, start))) return text;
  const end = [...text.matchAll(MARK)].at(-1)?.index ?? start;
  // Where a message was cut short, the last quotation does not end.
  const isClosed = end > start && LAST_OF_QUOTATION.test(text.charAt(end - 1));
  return `${text.slice(0, start)}''${isClosed ? text.slice(end + 1) : ''}`;
}

function quotesAnError(text: string, start: number): boolean {
  if (WITHIN.test(text.slice(start + 1))) return false;
  const before = text.slice(0, start).slice(-MAX_INTRODUCTION);
  return QUOTATION_ONLY.test(text) || INTRODUCTION.test(before);
}
