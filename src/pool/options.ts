import { type Clock, systemClock } from '../core/clock.js';
import { InvalidOptionError } from '../core/errors.js';
import { guarded, type Logger, silentLogger } from '../core/logger.js';
import * as check from '../core/options.js';
import { Secret } from '../core/secret.js';
import { checkRules } from '../failure/check-rules.js';
import type { FailureRule } from '../failure/failure.js';
import type { KeyOptions, Limits, Rate } from '../key/key.js';
import { DIMENSIONS } from '../limiter/dimensions.js';
import { generic } from '../provider/generic.js';
import type { Provider } from '../provider/provider.js';
import type { RotationStore } from '../rotation/rotation-store.js';
import { leastLoaded } from '../selector/least-loaded.js';
import type { Selector } from '../selector/selector.js';
import type { CallRecorder } from '../stats/call-record.js';
import type { LossCapOptions } from './loss-cap.js';

export interface KeyPoolOptions {
  /** The keys to start with; `addKey` adds more. @defaultValue none */
  readonly keys?: readonly KeyOptions[];
  /**
   * Where keys and their backups live; `keys` are added to it. A key that the provider will not have
   * any more is replaced by a backup. @defaultValue none: such keys are parked
   */
  readonly store?: RotationStore;
  /** What is special about the provider. @defaultValue `generic()` */
  readonly provider?: Provider;
  /** Which ready key serves next. @defaultValue `leastLoaded()` */
  readonly selector?: Selector;
  /** Limits of each group that states none. @defaultValue unknown: learned from responses */
  readonly limits?: Limits;
  /** Calls that may wait at the same time. @defaultValue 100_000 */
  readonly maxQueue?: number;
  /** Milliseconds after which a lease that nobody released is taken back. @defaultValue 600_000 */
  readonly leaseTtlMs?: number;
  /** Milliseconds a call may spend on its way to the provider. @defaultValue 5 */
  readonly transitMs?: number;
  /**
   * Milliseconds for which a wait that the provider states is obeyed unasked; past them, one call an
   * interval asks whether it still holds. @defaultValue 3_600_000
   */
  readonly maxStatedWaitMs?: number;
  /** Rules for failures, asked before the built-in ones. @defaultValue none */
  readonly failureRules?: readonly FailureRule[];
  /** How many keys that have served may be given up in how long. @defaultValue half of them a minute */
  readonly lossCap?: LossCapOptions;
  /** Counts each call once it is over; closed with the pool. @defaultValue none */
  readonly recorder?: CallRecorder;
  /** @defaultValue the host's clock */
  readonly clock?: Clock;
  /** @defaultValue silent */
  readonly logger?: Logger;
  /** Numbers in [0, 1) for jitter. @defaultValue Math.random */
  readonly random?: () => number;
}

/** Options with their defaults, checked. */
export interface Settings {
  readonly keys: readonly KeyOptions[];
  readonly store: RotationStore | undefined;
  readonly provider: Provider;
  readonly selector: Selector;
  readonly limits: Limits;
  readonly maxQueue: number;
  readonly leaseTtlMs: number;
  readonly transitMs: number;
  readonly maxStatedWaitMs: number;
  readonly failureRules: readonly FailureRule[];
  readonly lossCap: Required<LossCapOptions>;
  readonly recorder: CallRecorder | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** @throws InvalidOptionError that names the path, what was expected and what came */
export function resolveOptions(options: KeyPoolOptions): Settings {
  check.record('options', options);
  const {
    keys = [],
    store,
    provider = generic(),
    selector = leastLoaded(),
    limits = {},
    maxQueue = 100_000,
    leaseTtlMs = 600_000,
    transitMs = 5,
    maxStatedWaitMs = 3_600_000,
    failureRules = [],
    lossCap = {},
    recorder,
    clock = systemClock,
    logger = silentLogger,
    random = Math.random,
  } = options;
  if (!Array.isArray(keys)) throw new InvalidOptionError('keys', 'an array of keys', keys);
  checkLimits('limits', limits);
  check.nonNegativeOrInfinite('maxQueue', maxQueue);
  check.positive('leaseTtlMs', leaseTtlMs);
  check.nonNegative('transitMs', transitMs);
  check.positive('maxStatedWaitMs', maxStatedWaitMs);
  checkRules('failureRules', failureRules);
  const { share = 0.5, windowMs = 60_000 } = check.record('lossCap', lossCap);
  const cap = {
    share: checkShare('lossCap.share', share),
    windowMs: check.positive('lossCap.windowMs', windowMs),
  };
  if (store !== undefined) check.methods('store', store, ['load', 'rotate', 'recover', 'addKeys']);
  if (recorder !== undefined) check.methods('recorder', recorder, ['record', 'close']);
  check.methods('clock', clock, ['now', 'setTimer', 'clearTimer']);
  check.methods('logger', logger, ['debug', 'info', 'warn', 'error']);
  check.methods('selector', selector, ['add', 'remove', 'update', 'next']);
  checkProvider(provider);
  return {
    keys,
    store,
    provider,
    selector,
    limits,
    maxQueue,
    leaseTtlMs,
    transitMs,
    maxStatedWaitMs,
    failureRules,
    lossCap: cap,
    recorder,
    clock,
    logger: guarded(logger),
    random,
  };
}

function checkShare(path: string, value: unknown): number {
  const share = check.nonNegative(path, value);
  if (share <= 1) return share;
  throw new InvalidOptionError(path, 'a share from 0 to 1', value);
}

function checkProvider(provider: Provider): void {
  check.methods('provider', provider, ['modelClass', 'readLimits', 'classify', 'readUsage']);
  const { defaults, meteredLate } = provider;
  check.nonEmptyString('provider.name', provider.name);
  for (const [dimension, shape] of Object.entries(check.record('provider.defaults', defaults))) {
    const path = `provider.defaults.${dimension}`;
    check.oneOf('provider.defaults', dimension, DIMENSIONS);
    const { windowMs, kind } = check.record(path, shape);
    check.positive(`${path}.windowMs`, windowMs);
    check.oneOf(`${path}.kind`, kind, ['refill', 'window']);
  }
  if (!Array.isArray(meteredLate)) {
    throw new InvalidOptionError('provider.meteredLate', 'a list of dimensions', meteredLate);
  }
  for (const each of meteredLate) check.oneOf('provider.meteredLate', each, DIMENSIONS);
}

/** A key's options, checked; `path` is where they stand, such as `keys[3]`. */
export function checkKey(path: string, key: KeyOptions): KeyOptions {
  check.record(path, key);
  if (key.id !== undefined) check.nonEmptyString(`${path}.id`, key.id);
  checkSecret(`${path}.secret`, key.secret);
  if (key.group !== undefined) check.nonEmptyString(`${path}.group`, key.group);
  if (key.limits !== undefined) checkLimits(`${path}.limits`, key.limits);
  if (key.weight !== undefined) check.nonNegative(`${path}.weight`, key.weight);
  if (key.tier !== undefined) check.finite(`${path}.tier`, key.tier);
  if (key.labels !== undefined) check.record(`${path}.labels`, key.labels);
  const { modelLimits = {} } = key;
  check.record(`${path}.modelLimits`, modelLimits);
  for (const [modelClass, limits] of Object.entries(modelLimits)) {
    checkLimits(`${path}.modelLimits.${modelClass}`, limits);
  }
  return key;
}

/** Says nothing of the value, whatever it is. */
function checkSecret(path: string, secret: unknown): void {
  const text = secret instanceof Secret ? secret.reveal() : secret;
  if (typeof text === 'string' && text.length > 0) return;
  throw new InvalidOptionError(
    path,
    'a string that is not empty, or a Secret',
    secret,
    shapeOf(text),
  );
}

function shapeOf(secret: unknown): string {
  return secret === '' ? 'an empty string' : `a value of type ${typeof secret}`;
}

function checkLimits(path: string, limits: Limits): void {
  check.record(path, limits);
  for (const name of Object.keys(limits)) {
    if (name === 'concurrency' || DIMENSIONS.some((dimension) => dimension === name)) continue;
    const expected = `one of ${DIMENSIONS.join(', ')}, concurrency`;
    throw new InvalidOptionError(path, expected, name, `"${name}"`);
  }
  for (const dimension of DIMENSIONS) {
    const rate = limits[dimension];
    if (rate !== undefined) checkRate(`${path}.${dimension}`, rate);
  }
  if (limits.concurrency !== undefined) {
    check.positiveInteger(`${path}.concurrency`, limits.concurrency);
  }
}

function checkRate(path: string, rate: Rate): void {
  check.record(path, rate);
  check.positive(`${path}.limit`, rate.limit);
  check.positive(`${path}.windowMs`, rate.windowMs);
  if (rate.kind !== undefined) check.oneOf(`${path}.kind`, rate.kind, ['refill', 'window']);
}
