import type { Dimension, LimitKind } from '../key/key.js';

/** What one response says of one limit. An absent field was not said, or not understood. */
export interface LimitReading {
  readonly limit?: number;
  /** Left when the provider answered; negative when overdrawn. */
  readonly remaining?: number;
  /** When it is whole again, in epoch milliseconds of the pool's own clock. */
  readonly resetAt?: number;
  /** Stated, or inferred where only one common window fits. */
  readonly windowMs?: number;
  /** The window is an inference from this reading alone: weaker evidence than a statement. */
  readonly isInferred?: boolean;
  readonly kind?: LimitKind;
  /**
   * Which of several limits on the same thing this is, by the provider's name or the window's; each
   * holds of its own. Absent where there is but one.
   */
  readonly policy?: string;
  /** In `extra`: the counted dimension that this further limit is on; absent for anything else. */
  readonly dimension?: Dimension;
  /** The provider computed it from other limits it also sent; it binds nothing of its own. */
  readonly derived?: boolean;
}

/** What one response says of its limits. */
export interface LimitUpdate extends Readonly<Partial<Record<Dimension, LimitReading>>> {
  /** Limits of other dimensions (images, project tokens), by the provider's name in camelCase. */
  readonly extra?: Readonly<Record<string, LimitReading>>;
  /** The wait the provider demands, where it does: never on a plain success. */
  readonly retryAfterMs?: number;
  /** The organisation or project that the limits belong to. */
  readonly group?: string;
}

/** What the pool needs of a response. A fetch `Response` fits. */
export interface ResponseFacts {
  readonly status: number;
  readonly headers: HeaderSource;
  /** Parsed JSON or text. Only read from where headers are silent. */
  readonly body?: unknown;
}

/** A `Headers` object, or a plain record with names in any case. */
export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;
