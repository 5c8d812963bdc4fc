import { type HeaderReader, headerText, visitHeaders } from './headers.js';
import { isPrefixedRetryAfter } from './parse/retry-after.js';

/** The headers of one response that may speak of limits. */
export interface CollectedHeaders {
  readonly header: HeaderReader;
  /** The names of all that were kept. */
  readonly names: () => Iterable<string>;
  /** Names that speak of limits, and that no table lists. */
  readonly unlisted: readonly string[];
  /** The lowest rank among the marks that are there; `Infinity` where none is. */
  readonly ranked: number;
  /** Whether a gateway passed its upstream's limits on; they are read in place of its own. */
  readonly isRelayed: boolean;
}

/** LiteLLM copies its upstream's headers under this prefix, whole: its `get_headers.py`. */
const RELAYED_PREFIX = 'llm_provider-';

/**
 * Takes what the vocabulary lists, and all else that has a limit in its name, in one pass. The
 * vocabulary gives each name the rank of the family that it betrays, `Infinity` where it betrays none.
 */
export function collectHeaders(
  source: unknown,
  vocabulary: ReadonlyMap<string, number>,
): CollectedHeaders {
  const values = new Map<string, string>();
  const unlisted: string[] = [];
  const relayed: Entry[] = [];
  let ranked = Infinity;
  const keep = (name: string, raw: unknown, rank: number): void => {
    const value = headerText(raw);
    if (value === undefined) return;
    if (rank < ranked) ranked = rank;
    values.set(name, value);
  };
  const take = (name: string, raw: unknown): void => {
    const rank = vocabulary.get(name);
    const isOfLimit = name.includes('limit');
    if (rank === undefined && isOfLimit) unlisted.push(name);
    if (rank !== undefined || isOfLimit) keep(name, raw, rank ?? Infinity);
    else if (isPrefixedRetryAfter(name)) keep(name, raw, Infinity);
  };
  visitHeaders(source, vocabulary.keys(), (name, raw) => {
    const rank = vocabulary.get(name);
    // Nothing else of a response is looked at closer.
    const lower = rank === undefined ? name.toLowerCase() : name;
    if (rank !== undefined) keep(name, raw, rank);
    else if (!lower.startsWith(RELAYED_PREFIX)) take(lower, raw);
    else {
      relayed.push([lower.slice(RELAYED_PREFIX.length), raw]);
      if (isPrefixedRetryAfter(lower)) keep(lower, raw, Infinity);
    }
  });
  const isRelayed = areLimitsPassedOn(relayed, values);
  if (isRelayed) for (const [name, value] of relayed) take(name, value);
  return {
    header: (name) => values.get(name),
    names: () => values.keys(),
    unlisted,
    ranked,
    isRelayed,
  };
}

type Entry = readonly [name: string, value: unknown];

/** Where the two differ the gateway has limits of its own, which are the key's. */
function areLimitsPassedOn(relayed: readonly Entry[], own: ReadonlyMap<string, string>): boolean {
  const limits = relayed.filter(([name]) => name.includes('limit'));
  return (
    limits.length > 0 &&
    limits.every(([name, value]) => !own.has(name) || own.get(name) === headerText(value))
  );
}
