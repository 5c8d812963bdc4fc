import { eraseSecret } from '../../core/erase-secret.js';
import { InvalidOptionError, SpendProbeError } from '../../core/errors.js';
import * as check from '../../core/options.js';
import type { SpendProbe, SpendProbeKey, SpendScope } from '../spend-probe.js';
import { kindOf } from './amount.js';
import { figures, LAG_MS } from './define-probe.js';
import { getJson, wordsOf } from './get-json.js';
import { findBy, type JsonField } from './json-field.js';
import { checkProbeOptions } from './probe-options.js';
import { EXCEEDED } from './read-answer.js';

export interface JsonSpendOptions {
  /** The request for a key. Its redirects are not followed, its answer is JSON. */
  readonly request: (key: SpendProbeKey) => Request | Promise<Request>;
  /** What is `null` is not stated; one of `spent` and `remaining` has to be. */
  readonly spent?: JsonField;
  /** `null`: no limit. */
  readonly limit?: JsonField;
  readonly remaining?: JsonField;
  readonly unit: string;
  /** Epoch milliseconds. */
  readonly resetsAt?: JsonField;
  /** @defaultValue 'key' */
  readonly scope?: SpendScope;
  /** Milliseconds by which the counter may be late. @defaultValue 60_000 */
  readonly lagMs?: number;
  /** Milliseconds between two questions about a key, at least. @defaultValue 0 */
  readonly minIntervalMs?: number;
  /** @defaultValue the global one, looked up at each call */
  readonly fetch?: typeof fetch;
}

const OPTION_NAMES = {
  request: true,
  spent: true,
  limit: true,
  remaining: true,
  unit: true,
  resetsAt: true,
  scope: true,
  lagMs: true,
  minIntervalMs: true,
  fetch: true,
} satisfies Record<keyof JsonSpendOptions, true>;

/** A probe of any provider that tells of money in JSON. @throws InvalidOptionError */
export function jsonSpend(options: JsonSpendOptions): SpendProbe {
  const { fetch } = checkProbeOptions(options, OPTION_NAMES);
  const { request, unit, scope = 'key', lagMs = LAG_MS, minIntervalMs = 0 } = options;
  if (typeof request !== 'function') throw new InvalidOptionError('request', 'a function', request);
  check.nonEmptyString('unit', unit);
  check.oneOf('scope', scope, ['key', 'account', 'team', 'user']);
  const find = finders(options);
  const probe: SpendProbe = async (key, context) => {
    const asked = await requestFor(key, options);
    const secret = key.secret.reveal();
    // The rest of the address may hold the key.
    const where = `json: ${eraseSecret(hostOf(asked.url), secret)}`;
    const body = await getJson({ provider: 'json', where, key, context, fetch }, asked);
    const asOf = context.now;
    if (body === EXCEEDED) return { unit, scope, asOf, exceeded: true };
    const spent = find.spent(body, where, secret) ?? undefined;
    const remaining = find.remaining(body, where, secret) ?? undefined;
    if (spent === undefined && remaining === undefined) {
      const message = `${where}: expected ${placesOf(options)}, got nothing or null`;
      throw new SpendProbeError('body', message);
    }
    const limit = find.limit(body, where, secret);
    const resetsAt = find.resetsAt(body, where, secret) ?? undefined;
    return { ...figures({ spent, limit, remaining, resetsAt }), unit, scope, asOf };
  };
  return Object.assign(probe, { lagMs, minIntervalMs });
}

function finders({ spent, limit, remaining, resetsAt }: JsonSpendOptions) {
  const find = {
    spent: findBy('spent', spent),
    limit: findBy('limit', limit),
    remaining: findBy('remaining', remaining),
    resetsAt: findBy('resetsAt', resetsAt),
  };
  if (spent === undefined && remaining === undefined) {
    throw new InvalidOptionError('spent', 'a field for it, or one for remaining', undefined);
  }
  return find;
}

/** @throws SpendProbeError where the caller's function fails, or makes no request */
async function requestFor(
  key: SpendProbeKey,
  { request, fetch }: JsonSpendOptions,
): Promise<Request> {
  let made: unknown;
  try {
    made = await request(key);
  } catch (error) {
    const words = wordsOf(error, key.secret.reveal());
    throw new SpendProbeError('probe', `json: request: the function threw: ${words}`);
  }
  if (made instanceof Request || (fetch !== undefined && isOwnRequest(made))) return made;
  const message = `json: request: expected a Request, got ${kindOf(made)}`;
  throw new SpendProbeError('probe', message);
}

/** The request of the library that brings its own `fetch`. */
function isOwnRequest(made: unknown): made is Request {
  return check.isRecord(made) && typeof made['url'] === 'string' && 'method' in made;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is none';
}

function placesOf({ spent, remaining }: JsonSpendOptions): string {
  const places = Object.entries({ spent, remaining }).flatMap(([name, field]) => {
    if (field === undefined) return [];
    return typeof field === 'string' ? `${name} at ${field}` : name;
  });
  return places.join(' or ');
}
