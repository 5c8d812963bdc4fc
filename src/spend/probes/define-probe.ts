import * as check from '../../core/options.js';
import type {
  SpendProbe,
  SpendProbeContext,
  SpendProbeKey,
  SpendReading,
  SpendScope,
} from '../spend-probe.js';
import { Fields } from './fields.js';
import { bearer, getJson } from './get-json.js';
import { checkProbeOptions, type ProbeOptions } from './probe-options.js';
import { EXCEEDED } from './read-answer.js';

/** LiteLLM writes its counters every 5 to 60 seconds; of the others nobody says that they are quicker. */
export const LAG_MS = 60_000;

/** What is special about one provider. */
export interface ProbeTraits {
  readonly provider: string;
  /** Its own address; without one, the caller has to say. */
  readonly baseUrl?: string;
  /** What is asked first, and mostly all that is asked. */
  readonly path: string | ((key: SpendProbeKey) => string);
  readonly unit: string;
  readonly scope: SpendScope;
  readonly minIntervalMs?: number;
  /** @defaultValue the key as a bearer token */
  headers?(key: SpendProbeKey): Readonly<Record<string, string>>;
  /** @param get asks for more */
  read(answer: Fields, get: Get, now: number): ProbeFigures | Promise<ProbeFigures>;
}

/** Asks for one more path of the provider: its fields, or `EXCEEDED`. */
export type Get = (path: string) => Promise<Fields | typeof EXCEEDED>;

/** What an answer says; what it does not is taken from the traits. */
export type ProbeFigures = Partial<SpendReading> | typeof EXCEEDED;

/** A probe by its traits. @throws InvalidOptionError */
export function defineProbe(traits: ProbeTraits, options: ProbeOptions): SpendProbe {
  const { provider, path, unit, scope, minIntervalMs = 0, headers = bearer } = traits;
  const { fetch, baseUrl = traits.baseUrl, lagMs = LAG_MS } = checkProbeOptions(options);
  // A path follows.
  const base = check.nonEmptyString('baseUrl', baseUrl).replace(/\/+$/, '');
  const shownBase = `${provider}: ${base.replace(/^https?:\/\//, '')}`;
  // A query may hold the key.
  const shown = (asked: string) => shownBase + asked.replace(/\?.*/, '');
  const shownPath = typeof path === 'string' ? shown(path) : undefined;

  const ask = (asked: string, where: string, key: SpendProbeKey, context: SpendProbeContext) => {
    const question = { provider, where, key, context, fetch };
    return getJson(question, { url: base + asked, headers: headers(key) });
  };
  const readingOf = (figures: ProbeFigures, { now }: SpendProbeContext): SpendReading => {
    if (figures === EXCEEDED) return { unit, scope, asOf: now, exceeded: true };
    return { unit, scope, asOf: now, ...figures };
  };
  // Not `async`, and with no step that waits for nothing: of a thousand keys at once each is felt.
  const probe: SpendProbe = (key, context) => {
    const get: Get = async (further) => {
      const where = shown(further);
      const body = await ask(further, where, key, context);
      return body === EXCEEDED ? EXCEEDED : new Fields(where, body);
    };
    try {
      const first = typeof path === 'string' ? path : path(key);
      const where = shownPath ?? shown(first);
      return ask(first, where, key, context).then((body) => {
        if (body === EXCEEDED) return readingOf(EXCEEDED, context);
        const figures = traits.read(new Fields(where, body), get, context.now);
        if (!(figures instanceof Promise)) return readingOf(figures, context);
        return figures.then((late) => readingOf(late, context));
      });
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return Object.assign(probe, { lagMs, minIntervalMs });
}

/** The figures that are there. */
export function figures(
  all: { readonly [Name in Figure]?: SpendReading[Name] | undefined },
): Pick<Partial<SpendReading>, Figure> {
  const { spent, limit, remaining, resetsAt } = all;
  const known: { -readonly [Name in Figure]?: SpendReading[Name] } = {};
  if (spent !== undefined) known.spent = spent;
  if (limit !== undefined) known.limit = limit;
  if (remaining !== undefined) known.remaining = remaining;
  if (resetsAt !== undefined) known.resetsAt = resetsAt;
  return known;
}

type Figure = 'spent' | 'limit' | 'remaining' | 'resetsAt';
