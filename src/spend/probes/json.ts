import { InvalidOptionError, SpendProbeError } from '../../core/errors.js';
import * as check from '../../core/options.js';
import type { SpendProbe, SpendProbeKey, SpendReading, SpendScope } from '../spend-probe.js';
import { checkProbeOptions, figures } from './define-probe.js';
import { EXCEEDED, getJson, type Json } from './get-json.js';

/** Where in an answer a figure stands: a path such as `data.usage` or `limits.0.value`, or a function. */
export type JsonField = string | ((body: Json) => number | null | undefined);

export interface JsonSpendOptions {
  /** The request for a key. Its redirects are not followed, its body is JSON. */
  readonly request: (key: SpendProbeKey) => Request;
  /** Figures that the answer lacks are left out; one at least has to be there. */
  readonly spent?: JsonField;
  /** `null` in the answer: no limit. */
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

/** A probe of any provider that tells of money in JSON. @throws InvalidOptionError */
export function jsonSpend(options: JsonSpendOptions): SpendProbe {
  const { request, unit, scope = 'key', lagMs = 60_000, minIntervalMs = 0 } = options;
  const { fetch } = checkProbeOptions(options);
  if (typeof request !== 'function') throw new InvalidOptionError('request', 'a function', request);
  check.nonEmptyString('unit', unit);
  check.oneOf('scope', scope, ['key', 'account', 'team', 'user']);
  const fields = checkFields(options);
  const probe: SpendProbe = async (key, context) => {
    const question = { provider: 'json', key, context, fetch };
    const body = await getJson(question, request(key));
    const asOf = context.now;
    if (body === EXCEEDED) return { unit, scope, asOf, exceeded: true };
    const spent = amount('spent', fields.spent, body) ?? undefined;
    const remaining = amount('remaining', fields.remaining, body) ?? undefined;
    if (spent === undefined && remaining === undefined) {
      throw new SpendProbeError('body', 'json: expected what is spent or remains, got neither');
    }
    const limit = amount('limit', fields.limit, body);
    const resetsAt = amount('resetsAt', fields.resetsAt, body) ?? undefined;
    return { ...figures({ spent, limit, remaining, resetsAt }), unit, scope, asOf };
  };
  return Object.assign(probe, { lagMs, minIntervalMs });
}

type Fields = Pick<JsonSpendOptions, 'spent' | 'limit' | 'remaining' | 'resetsAt'>;

function checkFields(fields: Fields): Fields {
  const { spent, limit, remaining, resetsAt } = fields;
  for (const [name, field] of Object.entries({ spent, limit, remaining, resetsAt })) {
    if (field === undefined || typeof field === 'function') continue;
    if (typeof field === 'string' && field !== '') continue;
    throw new InvalidOptionError(name, 'a path such as "data.usage", or a function', field);
  }
  if (spent === undefined && remaining === undefined) {
    throw new InvalidOptionError('spent', 'a field for it, or one for remaining', undefined);
  }
  return fields;
}

function amount(
  name: keyof SpendReading,
  field: JsonField | undefined,
  body: Json,
): number | null | undefined {
  if (field === undefined) return undefined;
  const value = typeof field === 'function' ? field(body) : valueAt(field, body);
  if (value === undefined || value === null) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,18})?$/.test(value)) return Number(value);
  const at = typeof field === 'string' ? ` at ${field}` : '';
  throw new SpendProbeError('body', `json: ${name}${at}: expected a number, got a ${typeof value}`);
}

function valueAt(path: string, body: Json): unknown {
  let value: unknown = body;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
