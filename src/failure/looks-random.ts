import { anyOf } from '../core/any-of.js';

/** Shorter ones are told by their prefix or by the name before them, if at all. */
const MIN_LENGTH = 20;

/** Request, organisation and other ids that help support and open nothing. */
const ID = anyOf(
  /^(?:req|request|resp|response|chatcmpl|msg|gen|call|trace)[_-]/, // what was asked and answered
  /^(?:run|thread|asst|file|batch|evt|ch)[_-]/, // what is kept there
  /^(?:org|proj|user|cus|acct)[_-]/, // for whom
);

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Letters and digits as model names, versions and units mix them. */
const PLAIN_MIX = anyOf(
  /^([A-Za-z]{1,12})\d{1,10}$/, // Qwen3
  /^\d{1,10}[A-Za-z]{1,4}$/, // 17B
  /^[A-Za-z]{1,3}\d{1,4}[A-Za-z]{1,2}$/, // A35B
  /^\d{1,4}[a-z]\d{1,4}[A-Za-z]{0,2}$/, // 8x22b
);

/** No ordinary word is longer, unless capitals part it. */
const LONGEST_WORD = 24;

/** Words in camel case have a smaller share of capitals than this, random letters a larger one. */
const CAPITALS = 0.3;

/** Random letters change their case at every other letter; `ERRORSFor` does not. */
const CHANGES = 0.25;

/** Fewer letters and digits may be an abbreviated name. */
const MIN_MIXED = 24;

/** The share of three and more small letters in a row that even abbreviated names have. */
const WORDS = 0.3;

/** Whether a text without spaces is long and mixed as names, ids and numbers are not. */
export function looksRandom(word: string): boolean {
  if (ID.test(word)) return false;
  const rest = word.replace(UUID, '');
  if (rest.length < MIN_LENGTH) return false;
  const odd = rest.split(/[^A-Za-z0-9]+/).filter((part) => part.length >= 4 && !isPlain(part));
  return odd.length >= 2 || odd.some((part) => part.length >= 9) || isWordless(rest);
}

/** Names of many short parts have words among them; so has hardly a key, though `-` and `_` part it. */
function isWordless(word: string): boolean {
  const isMixed = /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
  const { length } = word.replace(/[^A-Za-z0-9]+/g, '');
  if (!isMixed || length < MIN_MIXED) return false;
  const inWords = (word.match(/[a-z]{3,}/g) ?? []).join('').length;
  return inWords < length * WORDS;
}

/** Whether letters and digits could be part of a name, a version or a number. */
export function isPlain(part: string): boolean {
  if (/^\d*$/.test(part)) return true;
  const mix = PLAIN_MIX.exec(part);
  if (mix !== null) return areWords(mix[1] ?? '');
  return /^[A-Za-z]+$/.test(part) && areWords(part);
}

function areWords(letters: string): boolean {
  const capitals = letters.replace(/[a-z]+/g, '').length;
  if (capitals === 0 || capitals === letters.length) return letters.length <= LONGEST_WORD;
  if (capitals < 4 || capitals / letters.length < CAPITALS) return true;
  const runs = letters
    .replace(/[a-z]+/g, ' ')
    .trim()
    .split(' ').length;
  return runs * 2 < letters.length * CHANGES;
}
