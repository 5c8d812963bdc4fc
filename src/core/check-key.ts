import { DIMENSIONS } from './dimensions.js';
import { InvalidOptionError } from './errors.js';
import { checkNames } from './known-names.js';
import * as check from './options.js';
import { isSecret } from './secret.js';

/** The names of `KeyOptions`, which is of a higher floor: a test of types compares the two. */
export const KEY_NAMES = {
  id: true,
  secret: true,
  group: true,
  limits: true,
  modelLimits: true,
  weight: true,
  tier: true,
  proxyUrl: true,
  labels: true,
} as const;

/**
 * Checks a key's options, wherever they come in; `path` is where they stand, such as `keys[3]`.
 * @throws InvalidOptionError, which says nothing of the secret
 */
export function checkKey(path: string, key: unknown): void {
  const { id, secret, group, limits, weight, tier, proxyUrl, labels, modelLimits } = checkNames(
    path,
    key,
    KEY_NAMES,
  );
  if (id !== undefined) check.nonEmptyString(`${path}.id`, id);
  checkSecret(`${path}.secret`, secret);
  if (group !== undefined) check.nonEmptyString(`${path}.group`, group);
  if (limits !== undefined) checkLimits(`${path}.limits`, limits);
  if (weight !== undefined) check.nonNegative(`${path}.weight`, weight);
  if (tier !== undefined) check.finite(`${path}.tier`, tier);
  if (proxyUrl !== undefined) check.nonEmptyString(`${path}.proxyUrl`, proxyUrl);
  if (labels !== undefined) check.record(`${path}.labels`, labels);
  if (modelLimits === undefined) return;
  for (const [model, each] of Object.entries(check.record(`${path}.modelLimits`, modelLimits))) {
    checkLimits(`${path}.modelLimits.${model}`, each);
  }
}

/** @throws InvalidOptionError that names the path, what was expected and what came */
export function checkLimits(path: string, limits: unknown): void {
  const fields = check.record(path, limits);
  for (const name of Object.keys(fields)) {
    if (name === 'concurrency' || DIMENSIONS.some((dimension) => dimension === name)) continue;
    const expected = `one of ${DIMENSIONS.join(', ')}, concurrency`;
    throw new InvalidOptionError(path, expected, name, `"${name}"`);
  }
  for (const dimension of DIMENSIONS) {
    const rate = fields[dimension];
    if (rate !== undefined) checkRate(`${path}.${dimension}`, rate);
  }
  const { concurrency } = fields;
  if (concurrency !== undefined) check.positiveInteger(`${path}.concurrency`, concurrency);
}

function checkRate(path: string, rate: unknown): void {
  const { limit, windowMs, kind } = check.record(path, rate);
  check.positive(`${path}.limit`, limit);
  check.positive(`${path}.windowMs`, windowMs);
  if (kind !== undefined) check.oneOf(`${path}.kind`, kind, ['refill', 'window']);
}

function checkSecret(path: string, secret: unknown): void {
  const text = isSecret(secret) ? secret.reveal() : secret;
  if (typeof text === 'string' && text.length > 0) {
    if (text === text.trim()) return;
    const expected = 'text without white space around it';
    throw new InvalidOptionError(path, expected, undefined, 'some, such as a line break of a file');
  }
  const shown = text === '' ? 'an empty string' : `a value of type ${typeof text}`;
  throw new InvalidOptionError(path, 'a string that is not empty, or a Secret', undefined, shown);
}
