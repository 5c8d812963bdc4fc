import { type Clock, systemClock } from '../../core/clock.js';
import { InvalidOptionError } from '../../core/errors.js';
import {
  finite,
  nonEmptyString,
  oneOf,
  positive,
  positiveInteger,
  record,
} from '../../core/options.js';
import type { Dimension, Rate } from '../../key/key.js';

/** Limits of one model or family; a dimension left out is not limited. Whole numbers only. */
export type FakeLimits = Readonly<Partial<Record<Dimension, Rate>>>;

/** Keys that share limits, as an organisation's do at every real provider. */
export interface FakeOrganisation {
  /** Sent as `anthropic-organization-id` and `openai-organization`. */
  readonly id: string;
  /** The secrets its callers send; no two organisations share one. */
  readonly keys: readonly string[];
  /**
   * By model. A name that ends in `*` is a family, whose models share one set of limits: `*` alone
   * is all models not named otherwise. The longest name that fits counts; where none does, the
   * model does not exist (404).
   */
  readonly limits: Readonly<Record<string, FakeLimits>>;
}

export interface FakeProviderOptions {
  readonly organisations: readonly FakeOrganisation[];
  /** Milliseconds from admission to the first token, or the bounds to draw from. @defaultValue 0 */
  readonly latencyMs?: number | readonly [min: number, max: number];
  /** How fast every answer is written. @defaultValue Infinity: all at once */
  readonly tokensPerSecond?: number;
  /**
   * Length of an answer whose caller sends no `x-fake-output-tokens`, before its own maximum, or
   * the bounds to draw from. @defaultValue [16, 64]
   */
  readonly outputTokens?: number | readonly [min: number, max: number];
  /** `false`: calls that no limit could admit are counted as overruns and served all the same. @defaultValue true */
  readonly enforce?: boolean;
  /** Time for limits, timers and the `Date` header. @defaultValue the host's clock */
  readonly clock?: Clock;
  /** Of everything drawn at random. @defaultValue 1 */
  readonly seed?: number;
  /** @defaultValue a free one */
  readonly port?: number;
}

/** The options with every default filled in. */
export interface Settings {
  readonly organisations: readonly FakeOrganisation[];
  readonly latencyMs: Range;
  readonly tokensPerSecond: number;
  readonly outputTokens: Range;
  readonly enforce: boolean;
  readonly clock: Clock;
  readonly seed: number;
  readonly port: number;
}

export type Range = readonly [min: number, max: number];

export const dimensions: readonly Dimension[] = [
  'requests',
  'inputTokens',
  'outputTokens',
  'tokens',
];

export function resolveOptions(options: FakeProviderOptions): Settings {
  record('options', options);
  const { latencyMs = 0, tokensPerSecond = Infinity, outputTokens = [16, 64] } = options;
  const { enforce = true, clock = systemClock, seed = 1, port = 0 } = options;
  if (tokensPerSecond !== Infinity) positive('tokensPerSecond', tokensPerSecond);
  return {
    organisations: organisations(options.organisations),
    latencyMs: range('latencyMs', latencyMs),
    tokensPerSecond,
    outputTokens: range('outputTokens', outputTokens),
    enforce,
    clock,
    seed: finite('seed', seed),
    port: whole('port', port),
  };
}

function organisations(value: readonly FakeOrganisation[]): readonly FakeOrganisation[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new InvalidOptionError('organisations', 'an array with one organisation or more', value);
  }
  const ids = new Set<string>();
  const keys = new Set<string>();
  for (const [index, organisation] of value.entries()) {
    const path = `organisations[${index}]`;
    const { id, keys: own, limits } = record(path, organisation);
    unique(`${path}.id`, nonEmptyString(`${path}.id`, id), ids);
    if (!Array.isArray(own)) throw new InvalidOptionError(`${path}.keys`, 'an array of keys', own);
    for (const [place, key] of own.entries()) {
      unique(`${path}.keys[${place}]`, nonEmptyString(`${path}.keys[${place}]`, key), keys);
    }
    for (const [model, byModel] of Object.entries(record(`${path}.limits`, limits))) {
      checkLimits(`${path}.limits['${model}']`, byModel);
    }
  }
  return value;
}

function unique(path: string, value: string, seen: Set<string>): void {
  if (seen.has(value)) throw new InvalidOptionError(path, 'one that no other has', value);
  seen.add(value);
}

function checkLimits(path: string, limits: unknown): void {
  for (const [name, value] of Object.entries(record(path, limits))) {
    const at = `${path}.${name}`;
    if (!dimensions.some((dimension) => dimension === name)) {
      throw new InvalidOptionError(at, `no other limits than ${dimensions.join(', ')}`, value);
    }
    const rate = record(at, value);
    const limit = positiveInteger(`${at}.limit`, rate['limit']);
    const windowMs = positiveInteger(`${at}.windowMs`, rate['windowMs']);
    if (rate['kind'] !== undefined) oneOf(`${at}.kind`, rate['kind'], ['refill', 'window']);
    // Buckets count in parts of limit × windowMs, exactly.
    if (!Number.isSafeInteger(limit * windowMs)) {
      throw new InvalidOptionError(`${at}.limit`, 'limit × windowMs below 2^53', limit);
    }
  }
}

function range(path: string, value: number | Range): Range {
  if (typeof value === 'number') return [whole(path, value), value];
  if (!Array.isArray(value)) throw new InvalidOptionError(path, 'a number or [min, max]', value);
  const [min, max] = [whole(`${path}[0]`, value[0]), whole(`${path}[1]`, value[1])];
  if (max < min) throw new InvalidOptionError(`${path}[1]`, `${min} or above`, max);
  return [min, max];
}

function whole(path: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(path, 'a whole number, 0 or above', value);
}
