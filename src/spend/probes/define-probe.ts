import * as check from '../../core/options.js';
import type { SpendProbe, SpendReading, SpendScope } from '../spend-probe.js';
import { Fields } from './fields.js';
import { bearer, EXCEEDED, getJson, type ProbeOptions, type Question } from './get-json.js';
import { checkProbeOptions } from './probe-options.js';

/** LiteLLM writes its counters every 5 to 60 seconds; of the others nobody says that they are quicker. */
const LAG_MS = 60_000;

/** Asks for one path of the provider: its fields, or `EXCEEDED`. */
export type Get = (
  path: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<Fields | typeof EXCEEDED>;

/** What is special about one provider. */
export interface ProbeTraits {
  readonly provider: string;
  /** Its own address; without one, the caller has to say. */
  readonly baseUrl?: string;
  readonly unit: string;
  readonly scope: SpendScope;
  readonly minIntervalMs?: number;
  /** The figures; what is not said is taken from the traits. */
  read(
    get: Get,
    question: Pick<Question, 'key' | 'context'>,
  ): Promise<Partial<SpendReading> | typeof EXCEEDED>;
}

/** A probe by its traits. @throws InvalidOptionError */
export function defineProbe(traits: ProbeTraits, options: ProbeOptions): SpendProbe {
  const { provider, unit, scope, minIntervalMs = 0 } = traits;
  const { fetch, baseUrl = traits.baseUrl, lagMs = LAG_MS } = checkProbeOptions(options);
  // A path follows.
  const base = check.nonEmptyString('baseUrl', baseUrl).replace(/\/+$/, '');
  const shown = base.replace(/^https?:\/\//, '');
  const ask: SpendProbe = (key, context) => {
    const get: Get = (path, headers = bearer(key)) => {
      // A query may hold the key.
      const where = `${provider}: ${shown}${path.replace(/\?.*/, '')}`;
      const question = { provider, where, key, context, fetch };
      const asked = getJson(question, { url: base + path, headers });
      return asked.then((body) => (body === EXCEEDED ? EXCEEDED : new Fields(where, body)));
    };
    const asOf = context.now;
    return traits.read(get, { key, context }).then((figures) => {
      if (figures === EXCEEDED) return { unit, scope, asOf, exceeded: true };
      return { unit, scope, asOf, ...figures };
    });
  };
  // Not `async`: all keys are asked at once, and of a thousand each waiting function is felt.
  const probe: SpendProbe = (key, context) => {
    try {
      return ask(key, context);
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
