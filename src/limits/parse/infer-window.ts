import { COMMON_WINDOWS_MS } from '../../core/common-windows.js';

/** Shorter resets carry too few digits to tell windows apart. */
const MIN_RESET_MS = 10;

/** A bucket shown as empty may be overdrawn: OpenAI sent `24h6m34s` at 0 of 10000 a day. */
const HIDDEN_DEBT = 0.05;

/** A refilled bucket as one response shows it. */
export interface BucketSnapshot {
  readonly limit: number;
  readonly remaining: number;
  /** Time until the bucket is full. */
  readonly resetMs: number;
  /** The smallest step of `resetMs`. */
  readonly grainMs: number;
}

/**
 * The window of a continuously refilled bucket, `limit · reset / used`, in milliseconds; nothing
 * unless exactly one common window agrees. It held in all 605 decidable pairs of 3,413 recorded
 * responses of OpenAI and Groq.
 *
 * `remaining` is a floor, so up to one unit less was used, and the reset is off by up to a grain:
 * the window lies in an interval, which must hold one candidate only.
 */
export function inferWindow(bucket: BucketSnapshot): number | undefined {
  const { limit, remaining, resetMs, grainMs } = bucket;
  if (limit <= 0 || resetMs < MIN_RESET_MS || remaining >= limit) return undefined;
  const leastUsed = limit - remaining - 1;
  const mostUsed = limit - remaining + (remaining === 0 ? limit * HIDDEN_DEBT : 0);
  const shortest = (limit * (resetMs - grainMs)) / mostUsed;
  const longest = leastUsed > 0 ? (limit * (resetMs + grainMs)) / leastUsed : Infinity;
  const fitting = COMMON_WINDOWS_MS.filter((ms) => ms >= shortest && ms <= longest);
  return fitting.length === 1 ? fitting[0] : undefined;
}
