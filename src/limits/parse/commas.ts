import { isGrouped, parseCount } from './number.js';

/** Cuts a value into what its commas join. */
export type Cut = (text: string) => readonly string[];

/** What was sent of one limit, or of several in parallel lists. */
export interface SentValues {
  readonly limit?: string | undefined;
  /** What remains, or else what is used. */
  readonly count?: string | undefined;
  readonly resets: readonly { readonly text: string }[];
}

/**
 * How the values of one limit are cut: in all of them commas group thousands (`30,000`), or else they
 * join limits, or what several hops wrote. Where both could be, or neither, they say nothing.
 */
export function cutOf({ limit, count, resets }: SentValues): Cut {
  // The common case, at the cost of a look at each.
  const isPlain = !hasComma(limit) && !hasComma(count);
  if (isPlain && !resets.some(({ text }) => hasComma(text))) return whole;
  const values = [limit, count].filter((text) => text !== undefined);
  const joined = [...values, ...resets.map(({ text }) => text)].filter(isJoined);
  if (joined.length === 0 || joined.some(hasPadding)) return whole;
  if (!joined.every(isGrouped)) return split;
  const fits = (cut: Cut) => isWithin(cut(limit ?? ''), cut(count ?? ''));
  const lengths = new Set(values.map((text) => split(text).length));
  const areGroups = fits(whole);
  const areLists = fits(split) && (!areGroups || (values.length > 1 && lengths.size === 1));
  if (areGroups === areLists) return unlessJoined;
  return areGroups ? whole : split;
}

/** The members of a value on its own: thousands stay whole. */
export function members(text: string): readonly string[] {
  return isGrouped(text) ? [text] : split(text);
}

const whole: Cut = (text) => [text];

const unlessJoined: Cut = (text) => (isJoined(text) ? [] : [text]);

const split: Cut = (text) => {
  if (!isJoined(text)) return [text];
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
};

function hasComma(text: string | undefined): boolean {
  return text?.includes(',') === true;
}

/** The comma of a date (`Thu, 01 Jan …`) joins nothing. */
function isJoined(text: string): boolean {
  return text.includes(',') && !/^[A-Z][a-z]+,/.test(text);
}

/** No list has a member `050`. */
function hasPadding(text: string): boolean {
  return isGrouped(text) && text.includes(',0');
}

function isWithin(limits: readonly string[], counts: readonly string[]): boolean {
  return counts.every(
    (count, index) => (parseCount(count) ?? 0) <= (parseCount(limits[index] ?? '') ?? Infinity),
  );
}
