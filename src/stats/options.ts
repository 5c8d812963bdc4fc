import { type Clock, systemClock } from '../core/clock.js';
import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { guarded, type Logger, silentLogger } from '../core/logger.js';
import * as check from '../core/options.js';
import type { StatsSink } from './call-stats.js';

export interface StatsRecorderOptions {
  /** Takes what was counted, in batches. @defaultValue none: counts are read by `snapshot` only */
  readonly sink?: StatsSink;
  /** Milliseconds from the first call that is not delivered to the next batch. @defaultValue 10_000 */
  readonly flushEveryMs?: number;
  /** Keys (and hosts) that get a row of their own, the most recently used. @defaultValue 10_000 */
  readonly maxKeys?: number;
  /** Milliseconds for which `close` waits for the sink. @defaultValue 5_000 */
  readonly closeTimeoutMs?: number;
  /** @defaultValue the host's clock */
  readonly clock?: Clock;
  /** @defaultValue silent */
  readonly logger?: Logger;
}

const OPTION_NAMES = {
  sink: true,
  flushEveryMs: true,
  maxKeys: true,
  closeTimeoutMs: true,
  clock: true,
  logger: true,
} satisfies Record<keyof StatsRecorderOptions, true>;

/** Options with their defaults, checked. */
export interface StatsSettings extends Required<Omit<StatsRecorderOptions, 'sink'>> {
  readonly sink: StatsSink | undefined;
}

/** @throws InvalidOptionError that names the path, what was expected and what came */
export function resolveOptions(options: StatsRecorderOptions): StatsSettings {
  checkNames('options', options, OPTION_NAMES);
  const {
    sink,
    flushEveryMs = 10_000,
    maxKeys = 10_000,
    closeTimeoutMs = 5_000,
    clock = systemClock,
    logger = silentLogger,
  } = options;
  if (sink !== undefined && typeof sink !== 'function') {
    throw new InvalidOptionError('sink', 'a function', sink);
  }
  check.positive('flushEveryMs', flushEveryMs);
  check.positiveInteger('maxKeys', maxKeys);
  check.nonNegative('closeTimeoutMs', closeTimeoutMs);
  check.methods('clock', clock, ['now', 'setTimer', 'clearTimer']);
  check.methods('logger', logger, ['debug', 'info', 'warn', 'error']);
  return { sink, flushEveryMs, maxKeys, closeTimeoutMs, clock, logger: guarded(logger) };
}
