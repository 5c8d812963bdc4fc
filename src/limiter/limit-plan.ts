import { DIMENSIONS } from '../core/dimensions.js';
import type { Dimension, Limits, Rate } from '../key/key.js';
import type { LimitShape } from './limit-shape.js';
import type { OwnCountOptions } from './own-count.js';
import type { Fallbacks } from './reading-router.js';

/** How long a limit of unknown length is taken to be, and how long a reading without a reset holds it back. */
export const UNKNOWN_WINDOW_MS = 60_000;

export interface BucketOptions {
  /** The caller's limit: a ceiling for what is learned. */
  readonly configured?: Rate | undefined;
  /** The shape of a limit nobody described. @defaultValue refilled over one minute */
  readonly fallback?: LimitShape | undefined;
  readonly transitMs: number;
  /** Charged while the provider answers: a reservation stays pending until it is settled. */
  readonly isMeteredLate: boolean;
}

/** What follows from a bucket's options. */
export interface BucketPlan extends BucketOptions {
  readonly shape: LimitShape;
  readonly counting: OwnCountOptions;
}

export function bucketPlan(options: BucketOptions): BucketPlan {
  const { configured, fallback, transitMs } = options;
  const kind = configured?.kind ?? fallback?.kind ?? 'refill';
  const windowMs = configured?.windowMs ?? fallback?.windowMs ?? UNKNOWN_WINDOW_MS;
  return { ...options, shape: { kind, windowMs }, counting: { transitMs, tallyMs: windowMs } };
}

export interface QuotaLimiterOptions {
  /** What the caller states; ceilings for what is learned. @defaultValue nothing is known */
  readonly limits?: Limits | undefined;
  /** Shapes of limits nobody stated. @defaultValue refilled over one minute */
  readonly fallbacks?: Readonly<Partial<Record<Dimension, LimitShape>>>;
  /** Dimensions charged while the provider answers. @defaultValue none */
  readonly meteredLate?: readonly Dimension[];
  /** Milliseconds that calls may spend on their way. @defaultValue 5 */
  readonly transitMs?: number;
}

/** What a bucket of a set is for. */
export interface BucketUse {
  readonly dimension: Dimension;
  /** `undefined` for the base bucket. */
  readonly policy: string | undefined;
}

/**
 * What follows from a limiter's options: found out once, and shared by the limiters of all keys that
 * have the same. Of these there may be 100,000.
 */
export interface LimitPlan {
  readonly limits: Limits;
  readonly fallbacks: Fallbacks;
  readonly buckets: Readonly<Record<Dimension, BucketPlan>>;
  /** What is limited from the start. */
  readonly uses: readonly BucketUse[];
}

export function limitPlan({
  limits = {},
  fallbacks = {},
  meteredLate = [],
  transitMs = 5,
}: QuotaLimiterOptions): LimitPlan {
  const planOf = (dimension: Dimension): BucketPlan =>
    bucketPlan({
      configured: limits[dimension],
      fallback: fallbacks[dimension],
      transitMs,
      isMeteredLate: meteredLate.includes(dimension),
    });
  const limited = DIMENSIONS.filter((dimension) => limits[dimension] !== undefined);
  return {
    limits,
    fallbacks,
    buckets: {
      requests: planOf('requests'),
      tokens: planOf('tokens'),
      inputTokens: planOf('inputTokens'),
      outputTokens: planOf('outputTokens'),
    },
    uses: limited.map((dimension) => ({ dimension, policy: undefined })),
  };
}
