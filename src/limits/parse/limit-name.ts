import { plainWords } from './plain-words.js';
import { MS_PER } from './units.js';

/** What the name of a header says: which figure stands there, and of which limit. */
export interface LimitName {
  /** How the sender spells "rate limit", with what stands before it. */
  readonly stem: string;
  /** What stands before the stem: whose limit it is, or who sends it; mostly empty. */
  readonly owner: string;
  /**
   * The word for the figure: `limit`, `left`, `reset-after`; `reset-at` where it is said to be an
   * instant; empty where the stem stands alone.
   */
  readonly figure: string;
  /** The words that tell this limit from the sender's others: `tokens-minute`; empty for one that has none. */
  readonly scope: string;
  /** What is limited, or who: the scope without its window. */
  readonly thing: string;
  readonly windowMs: number | undefined;
  /** Milliseconds per unit, where the last word is one. */
  readonly unitMs: number | undefined;
  readonly isThingFirst: boolean;
}

/** The stem, behind an `x-` perhaps and words for whose it is; and what follows it. */
const STEM =
  /^((?:x-(?:([a-z\d-]{1,40}?)-)?)?rate-?limit)(?:-([a-z\d]\w{0,30}(?:-[a-z\d]\w{0,30}){0,9}))?$/;

const FIGURES = [
  'limit|max|quota|capacity|^total$',
  'remaining|remain|left|used|usage',
  'reset-after|reset|resettime',
  'window|interval|period|policy',
].join('|');

/** Between hyphens. */
const FIGURE = new RegExp(`(?<![^-])(${FIGURES})(?![^-])`);

/** Figures whose last word may be a unit; elsewhere it is a thing, such as seconds of audio. */
const TIMES = /^(?:reset|window|interval|period)/;

/** The unit of a time, or a word for an instant; behind a number it would be a window. */
const MANNER = /(?<!\d)-(?:(ms|milliseconds|seconds|minutes|hours)|at|date|timestamp)$/;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  milliseconds: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
};

const WINDOW = /^(?:(.+?)-)??(?:(\d{1,4})-)?(second|minute|hour|day|week|month)$/;

/** Words that add nothing: a burst's capacity is the limit, a time's window the window. */
const FILLERS: ReadonlySet<string> = new Set(['', 'burst']);
const FILLERS_OF_TIMES: ReadonlySet<string> = new Set([...FILLERS, 'time']);

/** Names come from upstream: more than these are not kept. */
const MAX_KEPT = 500;

const kept = new Map<string, LimitName>();

/** Every response has the same names, so that they are parsed once. */
export function limitName(name: string): LimitName | undefined {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const parsed = parseLimitName(name);
  if (parsed !== undefined && kept.size < MAX_KEPT) kept.set(name, parsed);
  return parsed;
}

/**
 * Understands `x-ratelimit-limit-tokens-minute` and its kin. The thing may stand before the figure or
 * behind it; a stem alone is the limit (Zendesk). Names with two figures are not understood.
 */
function parseLimitName(name: string): LimitName | undefined {
  const [, stem, owner = '', rest] = STEM.exec(name) ?? [];
  const [before, figure, after, ...others] = rest === undefined ? ['', '', ''] : rest.split(FIGURE);
  if (stem === undefined || before === undefined || figure === undefined || others.length > 0) {
    return undefined;
  }
  const isTime = TIMES.test(figure);
  const words = without(isTime ? FILLERS_OF_TIMES : FILLERS, `${before}-${after}`);
  const [manner, unit] = (isTime && MANNER.exec(`-${words}`)) || [];
  const scope = manner === undefined ? words : words.slice(0, -manner.length);
  const plain = plainWords(scope);
  const [isWindowed, thing = '', count = '1', window = ''] = WINDOW.exec(plain) ?? [];
  return {
    stem,
    owner,
    figure: manner !== undefined && unit === undefined ? `${figure}-at` : figure,
    scope,
    thing: isWindowed === undefined ? plain : thing,
    windowMs: isWindowed === undefined ? undefined : Number(count) * (MS_PER[window] ?? 0),
    unitMs: unit === undefined ? undefined : UNIT_MS[unit],
    isThingFirst: before !== '',
  };
}

function without(fillers: ReadonlySet<string>, words: string): string {
  return words
    .split('-')
    .filter((word) => !fillers.has(word))
    .join('-');
}

const USUAL = 'limit remaining used usage reset reset-after resettime policy retry-after'.split(
  ' ',
);

/** The usual names under a stem, to be asked for where names cannot be listed. */
export function figureNames(stem: string): string[] {
  return USUAL.map((figure) => `${stem}-${figure}`);
}
