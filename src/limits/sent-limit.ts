import { leftOf } from './limit-reading.js';
import { cutOf } from './parse/commas.js';
import { parseGoDuration } from './parse/duration.js';
import { readLimitField } from './parse/limit-field.js';
import { isUnlimited, parseCount, parseDecimal } from './parse/number.js';
import { type Policy, parsePolicies } from './parse/policies.js';
import type { DeltaUnit } from './parse/reset.js';

/** One figure of a limit as it was sent, with what a bare number in it counts. */
export interface Figure {
  readonly text: string;
  readonly unit: DeltaUnit;
}

/** The figures of one limit by the words in their headers' names. */
export type Figures = ReadonlyMap<string, Figure>;

/** What was sent of one limit, or of several in parallel lists. */
export interface SentLimit {
  readonly limits: Counts;
  readonly remainings: Counts;
  readonly resets: readonly Reset[];
  readonly policies: readonly Policy[];
  readonly windowMs: number | undefined;
  /** How it comes back, where the window stands in the headers' names. */
  readonly kind: 'window' | undefined;
}

/** Of an unlimited limit, nothing is to be believed. */
const NOTHING: SentLimit = {
  limits: [],
  remainings: [],
  resets: [],
  policies: [],
  windowMs: undefined,
  kind: undefined,
};

export type Counts = readonly (number | undefined)[];

interface Reset {
  readonly texts: readonly string[];
  readonly unit: DeltaUnit;
}

/** Of several words for one thing, the first that is there has the say. */
const LIMIT = ['limit', 'max', 'quota', 'capacity', ''];
/** Alone, it may be a total of all that was ever used. */
const LIMIT_BESIDE_REMAINING = [...LIMIT, 'total'];
const REMAINING = ['remaining', 'remain', 'left'];
const USED = ['used', 'usage'];
const WINDOW = ['window', 'interval', 'period'];
/** A reset that needs no clock (Discord) is the better one. */
const RESET = ['reset-after', 'reset', 'reset-at', 'resettime'];

/** Whether anything counts the limit, beside a reset or a window's length. */
export function isCounted(figures: Figures): boolean {
  return [LIMIT, REMAINING, USED].some((words) => firstOf(figures, words) !== undefined);
}

/**
 * Each header may hold a list of parallel limits (`1, 15000`) or what several hops have written. The
 * limit may carry its policy (`100;w=60`), or several behind it (`100, 100;w=60`: IETF drafts up to
 * 05). Where no limit is sent, the only policy is it.
 */
export function sentLimit(figures: Figures, namedWindowMs: number | undefined): SentLimit {
  const remaining = textOf(figures, REMAINING);
  const limit = firstOf(figures, remaining === undefined ? LIMIT : LIMIT_BESIDE_REMAINING)?.text;
  if (isUnlimited(limit) || isUnlimited(remaining)) return NOTHING;
  const count = remaining ?? textOf(figures, USED);
  const resets = resetsIn(figures);
  const cut = cutOf({ limit, count, resets });
  const field = readLimitField(limit, cut);
  const stated = parsePolicies(figures.get('policy')?.text);
  const isOnlyPolicy = field.limits.length === 0 && stated.length === 1;
  const limits = isOnlyPolicy && stated[0]?.unit === 'requests' ? [stated[0].quota] : field.limits;
  const counts = count === undefined ? [] : cut(count).map(parseCount);
  return {
    limits,
    remainings: remaining === undefined ? leftOfEach(limits, counts) : counts,
    resets: resets.map(({ text, unit }) => ({ texts: cut(text), unit })),
    policies: [...field.policies, ...stated],
    windowMs: namedWindowMs ?? lengthOf(firstOf(figures, WINDOW)) ?? field.windowMs,
    kind: namedWindowMs === undefined ? undefined : 'window',
  };
}

function firstOf(figures: Figures, words: readonly string[]): Figure | undefined {
  const word = words.find((each) => figures.has(each));
  return word === undefined ? undefined : figures.get(word);
}

function leftOfEach(limits: Counts, used: Counts): Counts {
  if (used.length !== limits.length) return [];
  return used.map((count, index) => leftOf(limits[index], count));
}

function lengthOf(window: Figure | undefined): number | undefined {
  if (window === undefined) return undefined;
  const value = parseDecimal(window.text);
  if (value === undefined) return parseGoDuration(window.text);
  const unitMs = window.unit(value);
  return unitMs === undefined ? undefined : value * unitMs;
}

/** Some repeat the policy in every header: `76;w=21600` (Docker Hub). */
function withoutPolicy(text: string): string {
  return text.includes(';') ? text.replace(/;\s*w=[^,]*/g, '') : text;
}

function textOf(figures: Figures, words: readonly string[]): string | undefined {
  const figure = firstOf(figures, words);
  return figure === undefined ? undefined : withoutPolicy(figure.text);
}

function resetsIn(figures: Figures): readonly Figure[] {
  const resets: Figure[] = [];
  for (const word of RESET) {
    const figure = figures.get(word);
    if (figure !== undefined) resets.push({ text: withoutPolicy(figure.text), unit: figure.unit });
  }
  return resets;
}
