import type { LimitKind } from '../key/key.js';
import type { LimitReading } from './limit-update.js';
import { LONGEST_MS } from './parse/bounds.js';

/** What was understood of one limit. */
export interface Understood {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /** Milliseconds until it is whole. */
  readonly resetMs?: number | undefined;
  readonly windowMs?: number | undefined;
  readonly isInferred?: boolean;
  /** Said only of a window that is stated. */
  readonly kind?: LimitKind | undefined;
}

/** The response that a reading comes from. */
export interface Received {
  readonly status: number;
  /** Epoch milliseconds of its arrival. */
  readonly now: number;
}

/** The reading, where anything was understood. */
export function limitReading(
  understood: Understood,
  { status, now }: Received,
): LimitReading | undefined {
  const { kind, isInferred } = understood;
  const windowMs = isWindow(understood.windowMs) ? understood.windowMs : undefined;
  const resetMs = kind === 'window' ? within(windowMs, understood.resetMs) : understood.resetMs;
  const counts = believable(understood, resetMs, status >= 200 && status < 300);
  if (counts === undefined) return undefined;
  const { limit, remaining } = counts;
  if (limit === undefined && remaining === undefined && resetMs === undefined) return undefined;
  const reading: Draft = {};
  if (limit !== undefined) reading.limit = limit;
  if (remaining !== undefined) reading.remaining = remaining;
  if (resetMs !== undefined) reading.resetAt = now + resetMs;
  if (windowMs === undefined) return reading;
  reading.windowMs = windowMs;
  if (isInferred === true) reading.isInferred = true;
  else if (kind !== undefined) reading.kind = kind;
  return reading;
}

type Draft = { -readonly [Field in keyof LimitReading]: LimitReading[Field] };

/** The counts without what means that there is none; nothing of a limit that is not there. */
function believable(
  { limit, remaining }: Understood,
  resetMs: number | undefined,
  isSuccess: boolean,
) {
  const counts = { limit: countable(limit), remaining: countable(remaining) };
  if ((counts.limit ?? 0) < 0) return undefined;
  // A limit of nothing contradicts the answer that it came with: Tyk means that there is none.
  if (isSuccess && limit === 0 && (remaining ?? 0) <= 0) return undefined;
  // `-1/-1/0` means unknown; with a reset ahead or a refusal, `-1` is overdrawn (openai-dotnet#838).
  if (remaining !== -1 || (resetMs ?? 0) > 0) return counts;
  if (counts.limit === undefined) return undefined;
  return isSuccess ? { ...counts, remaining: undefined } : counts;
}

/** What is left of a limit, where only what is used is said. */
export function leftOf(limit: number | undefined, used: number | undefined): number | undefined {
  return limit === undefined || used === undefined || used < 0 ? undefined : limit - used;
}

function countable(count: number | undefined): number | undefined {
  return count !== undefined && Number.isFinite(count) ? count : undefined;
}

function isWindow(ms: number | undefined): ms is number {
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS;
}

/** No window ends further ahead than it is long; months have 31 days, and `Date` is rounded. */
function within(windowMs = Infinity, resetMs: number | undefined): number | undefined {
  return resetMs !== undefined && resetMs > windowMs * 1.05 + 1000 ? undefined : resetMs;
}
