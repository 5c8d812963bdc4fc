import { COMMON_WINDOWS_MS } from '../core/common-windows.js';
import type { LimitKind } from '../key/key.js';
import type { LimitReading } from '../limits/limit-update.js';

/** Headers state resets in whole seconds by a clock of whole seconds, plus some time on the way. */
const GRAIN_MS = 1_500;

/** Whether a limit refills continuously or by windows, and how long these are. */
export interface LimitShape {
  readonly kind: LimitKind;
  readonly windowMs: number;
}

/** A reading that can be held against a shape. */
interface Sample {
  readonly used: number;
  readonly limit: number;
  readonly isOverdrawn: boolean;
  readonly resetAt: number;
  readonly resetInMs: number;
  /** How long ago the provider may have looked, at most. */
  readonly callMs: number;
}

/**
 * Finds out which shape a limit has. A refilled bucket states the time until it is full, which
 * follows from what is used; a window states its end, which does not. Two readings in a row that
 * contradict the present belief change it, so that a single odd response does not.
 */
export class ShapeDetector {
  readonly #initial: LimitShape;
  #shape: LimitShape;
  #contradiction: Sample | undefined;
  /** The first of the readings in a row that agreed with a refill. */
  #agreement: Sample | undefined;
  #isConfirmed: boolean;
  /** Whether the latest reading states the length: only the kind is left to find out. */
  #isLengthStated = false;
  /** The latest end that was stated of what is taken for a window. */
  #latestEnd: number | undefined;

  /** `isStated`: somebody said so, as opposed to a presumption. */
  constructor(initial: LimitShape, isStated = false) {
    this.#initial = initial;
    this.#shape = initial;
    this.#isConfirmed = isStated;
  }

  get shape(): LimitShape {
    return this.#shape;
  }

  /** Whether what is taken for a refill may yet turn out to be a window. */
  get isInDoubt(): boolean {
    return this.#shape.kind === 'refill' && !this.#isConfirmed;
  }

  /**
   * Weighs one reading. A window that it states is believed at once; one inferred from this reading
   * alone weighs nothing of itself. `offEndMs`: how far its reset lies from the nearest end of the window that
   * is believed in, 0 where none is known. `waitMs`: after what wait the provider would take the
   * same call, where it refused it.
   */
  weigh(
    reading: LimitReading,
    now: number,
    callMs: number,
    offEndMs: number,
    waitMs?: number,
  ): LimitShape {
    if (reading.kind !== undefined) {
      this.#shape = { kind: reading.kind, windowMs: reading.windowMs ?? this.#shape.windowMs };
      this.#isConfirmed = true;
      return this.#shape;
    }
    this.#isLengthStated = reading.windowMs !== undefined && reading.isInferred !== true;
    if (this.#isLengthStated) this.#fixLength(reading.windowMs ?? this.#shape.windowMs);
    const sample = sampleOf(reading, now, callMs);
    if (sample === undefined) return this.#shape;
    if (
      this.#isShortenedBy(sample) ||
      !this.#isContradictedBy(sample, offEndMs) ||
      this.#isSlowedBy(sample, reading.windowMs)
    ) {
      this.#contradiction = undefined;
      this.#agree(sample, waitMs);
      return this.#shape;
    }
    this.#agreement = undefined;
    this.#isConfirmed = false;
    const earlier = this.#contradiction;
    this.#contradiction = sample;
    if (earlier !== undefined) this.#shape = this.#explain(earlier, sample);
    return this.#shape;
  }

  #fixLength(windowMs: number): void {
    if (windowMs === this.#shape.windowMs) return;
    this.#shape = { kind: this.#shape.kind, windowMs };
    // What was held against another length says nothing of this one.
    this.#isConfirmed = false;
    this.#contradiction = undefined;
    this.#agreement = undefined;
  }

  /**
   * The next end that is stated once a window has ended is one window later, or several: shorter
   * ones than believed, perhaps. An end that moves while it lies ahead is none of a window.
   */
  #isShortenedBy({ resetAt, resetInMs, callMs }: Sample): boolean {
    if (this.#shape.kind !== 'window' || resetInMs <= 0 || this.#isLengthStated) return false;
    const toleranceMs = 2 * GRAIN_MS + callMs;
    const earlier = this.#latestEnd ?? resetAt;
    const apartMs = resetAt - earlier;
    if (this.#latestEnd !== undefined && apartMs <= toleranceMs) return false;
    this.#latestEnd = resetAt;
    const windowMs = COMMON_WINDOWS_MS.find(
      (candidate) => candidate > 2 * toleranceMs && Math.abs(candidate - apartMs) <= toleranceMs,
    );
    const hasEnded = earlier <= resetAt - resetInMs + GRAIN_MS;
    if (!hasEnded || windowMs === undefined || windowMs >= this.#shape.windowMs) return false;
    this.#shape = { kind: 'window', windowMs };
    return true;
  }

  /**
   * A longer refill that explains the reading is believed at once: waiting for a second reading
   * would let out all that a minute allows of a limit per day.
   */
  #isSlowedBy(sample: Sample, windowMs: number | undefined): boolean {
    if (this.#shape.kind !== 'refill' || windowMs === undefined || this.#isLengthStated)
      return false;
    if (windowMs <= this.#shape.windowMs || !fitsRefill(sample, windowMs)) return false;
    this.#shape = { kind: 'refill', windowMs };
    this.#isConfirmed = false;
    this.#agreement = undefined;
    return true;
  }

  /** A reset that fits a refill may still be a window's end, until it has moved. */
  #agree(sample: Sample, waitMs: number | undefined): void {
    // Nothing is left, and yet there will be something long before the reset: bit by bit, then.
    if (sample.isOverdrawn && (waitMs ?? Infinity) + 2 * GRAIN_MS < sample.resetInMs) {
      this.#isConfirmed = true;
    }
    const first = this.#agreement;
    this.#agreement ??= sample;
    if (first === undefined) return;
    const movedMs = Math.abs(sample.resetAt - first.resetAt);
    if (movedMs > 2 * GRAIN_MS + Math.max(sample.callMs, first.callMs)) this.#isConfirmed = true;
  }

  #isContradictedBy(sample: Sample, offEndMs: number): boolean {
    if (this.#shape.kind === 'refill') return !fitsRefill(sample, this.#shape.windowMs);
    return offEndMs > 2 * GRAIN_MS + sample.callMs;
  }

  #explain(earlier: Sample, latest: Sample): LimitShape {
    this.#contradiction = undefined;
    if (this.#isLengthStated) {
      const { windowMs } = this.#shape;
      const isRefill = fitsRefill(earlier, windowMs) && fitsRefill(latest, windowMs);
      return { kind: isRefill ? 'refill' : 'window', windowMs };
    }
    const fitting = COMMON_WINDOWS_MS.filter(
      // Of windows shorter than the grain, resets tell nothing.
      (windowMs) =>
        windowMs > 2 * GRAIN_MS && fitsRefill(earlier, windowMs) && fitsRefill(latest, windowMs),
    );
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined) return { kind: 'refill', windowMs: only };
    const resetInMs = Math.max(earlier.resetInMs, latest.resetInMs) - 2 * GRAIN_MS;
    const atLeastMs = Math.max(resetInMs, this.#initial.windowMs);
    const windowMs = COMMON_WINDOWS_MS.find((candidate) => candidate >= atLeastMs) ?? atLeastMs;
    return { kind: 'window', windowMs };
  }
}

function sampleOf(reading: LimitReading, now: number, callMs: number): Sample | undefined {
  const { limit, remaining, resetAt } = reading;
  if (limit === undefined || remaining === undefined || resetAt === undefined) return undefined;
  return {
    used: limit - remaining,
    limit,
    isOverdrawn: remaining <= 0,
    resetAt,
    resetInMs: resetAt - now,
    callMs,
  };
}

function fitsRefill(
  { used, limit, isOverdrawn, resetInMs, callMs }: Sample,
  windowMs: number,
): boolean {
  // What is left is a floor, and Anthropic rounds tokens to 1,000.
  const roundedBy = limit >= 5_000 ? 1_000 : 1;
  const earliest = ((used - roundedBy) * windowMs) / limit - GRAIN_MS - callMs;
  const latest = isOverdrawn ? Infinity : ((used + roundedBy) * windowMs) / limit + GRAIN_MS;
  return resetInMs >= earliest && resetInMs <= latest;
}
