import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import * as check from '../core/options.js';

/** When keys are checked, by `start()`. Durations in milliseconds. */
export interface SpendSchedule {
  /** Between two checks of a key, at least. @defaultValue 5_000 */
  readonly minMs?: number;
  /** Between two checks of a key that is in use, at most. @defaultValue 300_000 */
  readonly maxMs?: number;
  /** Between two checks of a key that is not: to see resets, top-ups and other users. @defaultValue 1_800_000 */
  readonly idleMs?: number;
  /** The next check comes when this share of what is left would be spent. @defaultValue 0.5 */
  readonly share?: number;
  /** How many times faster than so far money may go. @defaultValue 2 */
  readonly burst?: number;
}

const SCHEDULE_NAMES = {
  minMs: true,
  maxMs: true,
  idleMs: true,
  share: true,
  burst: true,
} satisfies Record<keyof SpendSchedule, true>;

/** @throws InvalidOptionError */
export function resolveSchedule(schedule: SpendSchedule): Required<SpendSchedule> {
  const {
    minMs = 5_000,
    maxMs = 300_000,
    idleMs = 1_800_000,
    share = 0.5,
    burst = 2,
  } = checkNames('schedule', schedule, SCHEDULE_NAMES);
  const resolved = {
    minMs: check.positive('schedule.minMs', minMs),
    maxMs: check.positive('schedule.maxMs', maxMs),
    idleMs: check.positive('schedule.idleMs', idleMs),
    share: check.positive('schedule.share', share),
    burst: check.positive('schedule.burst', burst),
  };
  if (resolved.maxMs < resolved.minMs) {
    throw new InvalidOptionError('schedule.maxMs', 'schedule.minMs or more', resolved.maxMs);
  }
  if (resolved.share > 1) {
    throw new InvalidOptionError('schedule.share', 'a share above 0, to 1', resolved.share);
  }
  return resolved;
}

/** How fast a budget shrinks. */
export interface Pace {
  /** Per millisecond. */
  readonly rate: number;
  /** What may be spent before the threshold. */
  readonly room: number;
  readonly lagMs: number;
  /** Whether there are two readings to tell a rate by. */
  readonly isKnown: boolean;
}

/** Milliseconds to the next check of a key in use. */
export function nextWait(pace: Pace, { minMs, maxMs, share, burst }: Required<SpendSchedule>) {
  const { rate, room, lagMs, isKnown } = pace;
  // The first rate is worth a look sooner than the next.
  if (!isKnown) return Math.max(minMs, maxMs / 10);
  const fastest = rate * burst;
  if (fastest <= 0) return maxMs;
  const wait = (share * (room - fastest * lagMs)) / fastest;
  return Math.min(maxMs, Math.max(minMs, wait));
}
