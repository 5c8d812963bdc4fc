import { type Clock, systemClock } from '../core/clock.js';
import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { guarded, type Logger, silentLogger } from '../core/logger.js';
import * as check from '../core/options.js';
import { steadyRandom } from '../core/steady-random.js';
import type { KeyView } from '../key/key.js';
import { resolveSchedule, type SpendSchedule } from './schedule.js';
import type { SpendHistory } from './spend-history.js';
import type { SpendPool } from './spend-pool.js';
import type { SpendProbe } from './spend-probe.js';

export interface SpendCheckerOptions {
  /** A `KeyPool`. */
  readonly pool: SpendPool;
  /** Asks the provider: `litellmSpend()` and its like, or your own. */
  readonly probe: SpendProbe;
  /** Gets a row for each check. @defaultValue none */
  readonly history?: SpendHistory;
  /** Share of a limit at which a key is replaced, above 0 to 1. @defaultValue 0.9 */
  readonly threshold?: number;
  /** What must remain, in the probe's unit: for balances, which have no limit. @defaultValue none */
  readonly minRemaining?: number;
  /** Milliseconds that one probe may take. @defaultValue 30_000 */
  readonly timeoutMs?: number;
  /** Probes under way at the same time. @defaultValue Infinity */
  readonly concurrency?: number;
  /** Keys of one account are asked about once. @defaultValue each key has an account of its own */
  readonly account?: (key: KeyView) => string | undefined;
  /** Which keys are checked at all. @defaultValue all but those disabled or draining */
  readonly isActive?: (key: KeyView) => boolean;
  /** Whether a key's turn has come, in `checkAll` and beside the schedule. @defaultValue always */
  readonly shouldCheck?: (key: KeyView) => boolean;
  /** When `start()` checks. */
  readonly schedule?: SpendSchedule;
  /** @defaultValue the host's clock */
  readonly clock?: Clock;
  /** @defaultValue silent */
  readonly logger?: Logger;
  /** Numbers in [0, 1), for jitter. @defaultValue Math.random */
  readonly random?: () => number;
}

const OPTION_NAMES = {
  pool: true,
  probe: true,
  history: true,
  threshold: true,
  minRemaining: true,
  timeoutMs: true,
  concurrency: true,
  account: true,
  isActive: true,
  shouldCheck: true,
  schedule: true,
  clock: true,
  logger: true,
  random: true,
} satisfies Record<keyof SpendCheckerOptions, true>;

/** Options with their defaults, checked. What the caller tells of a key does not throw. */
export interface SpendSettings {
  readonly pool: SpendPool;
  readonly probe: SpendProbe;
  readonly history: SpendHistory | undefined;
  readonly rules: { readonly threshold: number; readonly minRemaining: number | undefined };
  readonly lagMs: number;
  readonly minIntervalMs: number;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly account: (key: KeyView) => string | undefined;
  readonly isActive: (key: KeyView) => boolean;
  readonly shouldCheck: (key: KeyView) => boolean;
  readonly schedule: Required<SpendSchedule>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

const POOL_METHODS = [
  'ready',
  'keys',
  'key',
  'recordSpend',
  'rotate',
  'cooldown',
  'enable',
  'on',
] as const satisfies readonly (keyof SpendPool)[];

/** LiteLLM writes its counters every 5 to 60 seconds; who says nothing is taken to be as slow. */
const DEFAULT_LAG_MS = 60_000;

/** @throws InvalidOptionError that names the path, what was expected and what came */
export function resolveOptions(options: SpendCheckerOptions): SpendSettings {
  checkNames('options', options, OPTION_NAMES);
  const {
    pool,
    probe,
    history,
    threshold = 0.9,
    minRemaining,
    timeoutMs = 30_000,
    concurrency = Infinity,
    account = () => undefined,
    isActive = takesPart,
    shouldCheck = () => true,
    schedule = {},
    clock = systemClock,
    logger = silentLogger,
    random = Math.random,
  } = options;
  check.methods('pool', pool, POOL_METHODS);
  for (const [name, value] of Object.entries({ probe, account, isActive, shouldCheck, random })) {
    if (typeof value !== 'function') throw new InvalidOptionError(name, 'a function', value);
  }
  if (history !== undefined) check.methods('history', history, ['save', 'list']);
  if (check.positive('threshold', threshold) > 1) {
    throw new InvalidOptionError('threshold', 'a share above 0, to 1', threshold);
  }
  if (minRemaining !== undefined) check.nonNegative('minRemaining', minRemaining);
  check.positive('timeoutMs', timeoutMs);
  if (concurrency !== Infinity) check.positiveInteger('concurrency', concurrency);
  check.methods('clock', clock, ['now', 'setTimer', 'clearTimer']);
  check.methods('logger', logger, ['debug', 'info', 'warn', 'error']);
  const { lagMs = DEFAULT_LAG_MS, minIntervalMs = 0 } = probe;
  check.nonNegative('probe.lagMs', lagMs);
  check.nonNegative('probe.minIntervalMs', minIntervalMs);
  const log = guarded(logger);
  return {
    pool,
    probe,
    history,
    rules: { threshold, minRemaining },
    lagMs,
    minIntervalMs,
    timeoutMs,
    concurrency,
    account: steady(account, undefined, 'The account of a key', log),
    isActive: steady(isActive, true, 'Whether a key is active', log),
    shouldCheck: steady(shouldCheck, true, 'Whether a key should be checked', log),
    schedule: resolveSchedule(schedule),
    clock,
    logger: log,
    random: steadyRandom(random),
  };
}

/** What the caller tells of a key, and where that throws, `otherwise`. */
function steady<Told>(
  tell: (key: KeyView) => Told,
  otherwise: Told,
  what: string,
  logger: Logger,
): (key: KeyView) => Told {
  return (key) => {
    try {
      return tell(key);
    } catch (error) {
      logger.error({ id: key.id, error }, `${what} could not be told`);
      return otherwise;
    }
  };
}

function takesPart({ state }: KeyView): boolean {
  return state !== 'disabled' && state !== 'draining';
}
