import { SpendProbeError } from '../core/errors.js';
import { isRecord } from '../core/options.js';
import type { SpendFigures, SpendReading, SpendScope } from './spend-probe.js';

const SCOPES: readonly SpendScope[] = ['key', 'account', 'team', 'user'];
const UNIT = /^[\p{L}\p{Sc}\w.:/ -]{1,40}$/u;
/** In 1973: what is below was meant in seconds. */
const LEAST_INSTANT = 1e11;

type Draft<Shape> = { -readonly [Field in keyof Shape]: Shape[Field] };

/**
 * A probe's answer, field by field: a probe may be anybody's, and figures decide about keys.
 * @throws SpendProbeError that names the field
 */
export function checkReading(value: unknown, now: number): SpendReading {
  if (!isRecord(value)) throw wrong('reading', 'an object', value);
  const { unit, asOf, exceeded, others } = value;
  if (typeof unit !== 'string' || !UNIT.test(unit)) throw wrong('unit', 'a short name', unit);
  const at = instant('asOf', asOf, now);
  if (at === undefined) throw wrong('asOf', 'epoch milliseconds', asOf);
  if (exceeded !== undefined && typeof exceeded !== 'boolean') {
    throw wrong('exceeded', 'true or false', exceeded);
  }
  // Nothing is known of the future.
  const asOfNow = Math.min(at, now);
  const reading: Draft<SpendReading> = { unit, ...checkFigures('', value, now), asOf: asOfNow };
  if (exceeded === true) reading.exceeded = true;
  if (others !== undefined) reading.others = checkOthers(others, now);
  const { spent, limit, remaining } = reading;
  // A limit alone guards nothing, unless there is none, or nothing may be spent.
  const isGuard = limit !== undefined && (limit === null || limit <= 0);
  if (spent === undefined && remaining === undefined && !isGuard && exceeded !== true) {
    const message = "The probe's reading: expected spent or remaining, got neither of them";
    throw new SpendProbeError('body', message);
  }
  return Object.freeze(reading);
}

function checkOthers(others: unknown, now: number): readonly SpendFigures[] {
  if (!Array.isArray(others)) throw wrong('others', 'a list of budgets', others);
  const budgets = others.map((each: unknown, index) => {
    if (!isRecord(each)) throw wrong(`others[${index}]`, 'an object', each);
    return Object.freeze(checkFigures(`others[${index}].`, each, now));
  });
  return Object.freeze(budgets);
}

function checkFigures(
  path: string,
  value: Readonly<Record<string, unknown>>,
  now: number,
): Draft<SpendFigures> {
  const scope = SCOPES.find((each) => each === value['scope']);
  if (scope === undefined) throw wrong(`${path}scope`, SCOPES.join(', '), value['scope']);
  const figures: Draft<SpendFigures> = { scope };
  const spent = amount(`${path}spent`, value['spent']);
  if (spent !== undefined) figures.spent = spent;
  const limit = value['limit'] === null ? null : amount(`${path}limit`, value['limit']);
  if (limit !== undefined) figures.limit = limit;
  const remaining = amount(`${path}remaining`, value['remaining']);
  if (remaining !== undefined) figures.remaining = remaining;
  const resetsAt = instant(`${path}resetsAt`, value['resetsAt'], now);
  if (resetsAt !== undefined) figures.resetsAt = resetsAt;
  return figures;
}

function amount(field: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(field, 'a finite number', value);
}

function instant(field: string, value: unknown, now: number): number | undefined {
  const at = amount(field, value);
  // A clock of tests may begin at 0.
  if (at === undefined || at >= LEAST_INSTANT || now < LEAST_INSTANT) return at;
  throw new SpendProbeError(
    'body',
    `The probe's ${field}: expected epoch milliseconds, got seconds`,
  );
}

function wrong(field: string, expected: string, value: unknown): SpendProbeError {
  const message = `The probe's ${field}: expected ${expected}, got ${kindOf(value)}`;
  return new SpendProbeError('body', message);
}

/** Says nothing of the value itself. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? 'an object' : `a value of type ${typeof value}`;
}
