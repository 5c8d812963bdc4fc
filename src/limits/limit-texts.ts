import type { HeaderReader } from './headers.js';
import { cutOf } from './parse/commas.js';
import { parseCount } from './parse/number.js';

/** Of one limit, the names of its headers, or what they hold. */
export interface LimitTexts {
  readonly limit?: string | undefined;
  readonly remaining?: string | undefined;
  readonly used?: string | undefined;
  readonly reset?: string | undefined;
}

/** One text per header; `undefined` where all are absent. */
export function textsOf(names: LimitTexts, header: HeaderReader): LimitTexts | undefined {
  const limit = names.limit === undefined ? undefined : header(names.limit);
  const remaining = names.remaining === undefined ? undefined : header(names.remaining);
  const used = names.used === undefined ? undefined : header(names.used);
  const reset = names.reset === undefined ? undefined : header(names.reset);
  const texts: LimitTexts = { limit, remaining, used, reset };
  if (isJoined(limit) || isJoined(remaining) || isJoined(used) || isJoined(reset)) {
    return governing(texts);
  }
  const isAbsent =
    limit === undefined && remaining === undefined && used === undefined && reset === undefined;
  return isAbsent ? undefined : texts;
}

function isJoined(text: string | undefined): boolean {
  return text?.includes(',') === true;
}

/**
 * Joined values are parallel lists where their lengths agree: the member with the least remaining
 * governs. Otherwise only the first member is trusted.
 */
function governing({ limit, remaining, used, reset }: LimitTexts): LimitTexts {
  const resets = reset === undefined ? [] : [{ text: reset }];
  const cut = cutOf({ limit, count: remaining ?? used, resets });
  const list = (text: string | undefined) => (text === undefined ? [] : cut(text));
  const remainings = list(remaining);
  const least = indexOfLeast(remainings.map(parseCount));
  const pick = (texts: readonly string[]): string | undefined =>
    texts[texts.length === remainings.length ? least : 0];
  return {
    limit: pick(list(limit)),
    remaining: pick(remainings),
    used: pick(list(used)),
    reset: pick(list(reset)),
  };
}

function indexOfLeast(values: readonly (number | undefined)[]): number {
  let least = 0;
  for (const [index, value] of values.entries()) {
    if (value !== undefined && value < (values[least] ?? Infinity)) least = index;
  }
  return least;
}
