import { checkLimits } from '../core/check-key.js';
import { type Clock, systemClock } from '../core/clock.js';
import { DIMENSIONS } from '../core/dimensions.js';
import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { guarded, type Logger, silentLogger } from '../core/logger.js';
import * as check from '../core/options.js';
import { steadyRandom } from '../core/steady-random.js';
import { checkRules } from '../failure/check-rules.js';
import type { FailureRule } from '../failure/failure.js';
import type { KeyOptions, Limits } from '../key/key.js';
import { generic } from '../provider/generic.js';
import type { Provider } from '../provider/provider.js';
import type { RotationStore } from '../rotation/rotation-store.js';
import { leastLoaded } from '../selector/least-loaded.js';
import type { Selector } from '../selector/selector.js';
import type { CallRecorder } from '../stats/call-record.js';
import { LOSS_CAP_NAMES, type LossCapOptions } from './loss-cap.js';

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

const OPTION_NAMES = {
  keys: true,
  store: true,
  provider: true,
  selector: true,
  limits: true,
  maxQueue: true,
  leaseTtlMs: true,
  transitMs: true,
  maxStatedWaitMs: true,
  failureRules: true,
  lossCap: true,
  recorder: true,
  clock: true,
  logger: true,
  random: true,
} satisfies Record<keyof KeyPoolOptions, true>;

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
  checkNames('options', options, OPTION_NAMES);
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
  const { share = 0.5, windowMs = 60_000 } = checkNames('lossCap', lossCap, LOSS_CAP_NAMES);
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
    logger: logger === silentLogger ? logger : guarded(logger),
    random: steadyRandom(random),
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
