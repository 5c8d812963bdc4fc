import { SpendProbeError } from '../core/errors.js';
import { isRecord } from '../core/options.js';
import type { SpendReading, SpendScope } from './spend-probe.js';

const SCOPES: readonly SpendScope[] = ['key', 'account', 'team', 'user'];
type Draft = { -readonly [Field in keyof SpendReading]: SpendReading[Field] };

const UNIT = /^[\w.:/ -]{1,40}$/;

/**
 * A probe's answer, field by field: a probe may be anybody's, and figures decide about keys.
 * @throws SpendProbeError that names the field
 */
export function checkReading(value: unknown, now: number): SpendReading {
  if (!isRecord(value)) throw wrong('reading', 'an object', value);
  const { unit, scope, asOf, limit, exceeded } = value;
  const known = SCOPES.find((each) => each === scope);
  if (typeof unit !== 'string' || !UNIT.test(unit)) throw wrong('unit', 'a short name', unit);
  if (known === undefined) throw wrong('scope', SCOPES.join(', '), scope);
  const at = amount('asOf', asOf);
  if (at === undefined) throw wrong('asOf', 'epoch milliseconds', asOf);
  if (exceeded !== undefined && typeof exceeded !== 'boolean') {
    throw wrong('exceeded', 'true or false', exceeded);
  }
  const reading: Draft = { unit, scope: known, asOf: Math.min(at, now) }; // nothing is known of the future
  const spent = amount('spent', value['spent']);
  if (spent !== undefined) reading.spent = spent;
  const bound = limit === null ? null : amount('limit', limit);
  if (bound !== undefined) reading.limit = bound;
  const remaining = amount('remaining', value['remaining']);
  if (remaining !== undefined) reading.remaining = remaining;
  const resetsAt = amount('resetsAt', value['resetsAt']);
  if (resetsAt !== undefined) reading.resetsAt = resetsAt;
  if (exceeded === true) reading.exceeded = true;
  return Object.freeze(reading);
}

function amount(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(field, 'a finite number', value);
}

function wrong(field: string, expected: string, value: unknown): SpendProbeError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  const message = `The probe's ${field}: expected ${expected}, got ${got}`;
  return new SpendProbeError('body', message);
}
