import { InvalidOptionError } from '../../core/errors.js';
import * as check from '../../core/options.js';
import type { SpendProbe, SpendReading, SpendScope } from '../spend-probe.js';
import { Fields } from './fields.js';
import { baseOf, bearer, EXCEEDED, getJson, type ProbeOptions, type Question } from './get-json.js';

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
  readonly lagMs: number;
  readonly minIntervalMs?: number;
  /** The figures; what is not said is taken from the traits. */
  read(get: Get, question: Question): Promise<Partial<SpendReading> | typeof EXCEEDED>;
}

/** A probe by its traits. @throws InvalidOptionError */
export function defineProbe(traits: ProbeTraits, options: ProbeOptions): SpendProbe {
  const { provider, unit, scope, lagMs, minIntervalMs = 0 } = traits;
  const { fetch } = checkProbeOptions(options);
  const base = baseOf(options, check.nonEmptyString('baseUrl', options.baseUrl ?? traits.baseUrl));
  const probe: SpendProbe = async (key, context) => {
    const question = { provider, key, context, fetch };
    const get: Get = async (path, headers = bearer(key)) => {
      const body = await getJson(question, { url: base + path, headers });
      return body === EXCEEDED ? EXCEEDED : new Fields(provider, body);
    };
    const figures = await traits.read(get, question);
    const asOf = context.now;
    if (figures === EXCEEDED) return { unit, scope, asOf, exceeded: true };
    return { unit, scope, asOf, ...figures };
  };
  return Object.assign(probe, { lagMs, minIntervalMs });
}

export function checkProbeOptions(options: ProbeOptions): ProbeOptions {
  check.record('options', options);
  const { baseUrl, fetch } = options;
  if (baseUrl !== undefined && !/^https?:\/\/./.test(check.nonEmptyString('baseUrl', baseUrl))) {
    throw new InvalidOptionError(
      'baseUrl',
      'an address that begins with http:// or https://',
      baseUrl,
    );
  }
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new InvalidOptionError('fetch', 'a function', fetch);
  }
  return options;
}

/** The figures that are there. */
export function figures(
  all: { readonly [Name in keyof SpendReading]?: SpendReading[Name] | undefined },
): Partial<SpendReading> {
  const { spent, limit, remaining, resetsAt, scope } = all;
  return {
    ...(spent === undefined ? {} : { spent }),
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(scope === undefined ? {} : { scope }),
  };
}
