import { InvalidOptionError } from '../core/errors.js';
import { fieldsAmong, nonNegative, oneOf } from '../core/options.js';
import type { FailureClass, FailureRule, FailureScope } from './failure.js';

const LIMIT_SCOPES = ['none', 'key', 'group', 'host'] as const;

/** On whom a failure of the class can act. */
const SCOPES_OF = new Map<FailureClass, readonly FailureScope[]>([
  ['ok', ['none']],
  ['rate_limited', LIMIT_SCOPES],
  ['quota_exhausted', LIMIT_SCOPES],
  ['overloaded', ['none', 'host']],
  ['server_error', ['none', 'host']],
  ['budget_exceeded', ['none', 'key', 'host']],
  ['invalid_key', ['none', 'key', 'host']],
  ['forbidden', ['none', 'host']],
  ['bad_request', ['none', 'host']],
]);

const CONDITIONS = ['codes', 'text', 'statuses', 'providers'] as const;
const FIELDS = ['class', 'scope', 'allModels', ...CONDITIONS, 'waitMs'];

/**
 * Rules of the caller's, checked: one with a misspelt condition would hold for every failure.
 *
 * @throws InvalidOptionError that names the path, what was expected and what came
 */
export function checkRules(path: string, rules: unknown): readonly FailureRule[] {
  if (!Array.isArray(rules)) throw new InvalidOptionError(path, 'a list of rules', rules);
  for (const [index, rule] of rules.entries()) checkRule(`${path}[${index}]`, rule);
  return rules;
}

function checkRule(path: string, rule: unknown): void {
  const fields = fieldsAmong(path, rule, FIELDS);
  const failureClass = oneOf(`${path}.class`, fields['class'], [...SCOPES_OF.keys()]);
  const { scope, waitMs, text } = fields;
  if (scope !== undefined) oneOf(`${path}.scope`, scope, SCOPES_OF.get(failureClass) ?? []);
  if (waitMs !== undefined) nonNegative(`${path}.waitMs`, waitMs);
  checkList(`${path}.codes`, fields['codes'], 'string');
  checkList(`${path}.providers`, fields['providers'], 'string');
  checkList(`${path}.statuses`, fields['statuses'], 'number');
  if (text !== undefined && !(text instanceof RegExp)) {
    throw new InvalidOptionError(`${path}.text`, 'a regular expression', text);
  }
  if (CONDITIONS.some((name) => fields[name] !== undefined)) return;
  throw new InvalidOptionError(path, `a condition: ${CONDITIONS.join(', ')}`, rule, 'none');
}

function checkList(path: string, value: unknown, type: 'string' | 'number'): void {
  if (value === undefined) return;
  const isList =
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === type);
  if (!isList) throw new InvalidOptionError(path, `a list of at least one ${type}`, value);
}
