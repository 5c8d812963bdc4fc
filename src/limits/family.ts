import type { Dimension, LimitKind } from '../key/key.js';
import type { HeaderReader } from './headers.js';
import type { LimitReading, LimitUpdate } from './limit-update.js';
import type { Anchor } from './reset.js';

/** How one family of providers writes its limits: a table, and what the table cannot say. */
export interface Family {
  /** Preset names and hints that mean this family. */
  readonly providers: readonly string[];
  /** Any of these headers gives the family away. */
  readonly marks: readonly string[];
  readonly limits: readonly LimitRow[];
  /** Milliseconds until the limit is whole, from the reset header. */
  readonly resetMs: (text: string, known: KnownOfLimit, context: ReadContext) => number | undefined;
  /** The smallest step of a reset, where its distance betrays the window. */
  readonly inferWindowGrainMs?: number;
  /** Who shares these limits. */
  readonly group?: (header: HeaderReader) => string | undefined;
  /** The last word on what the rows gave. */
  readonly finish?: (update: LimitUpdate, context: ReadContext) => LimitUpdate;
}

/** One limit and the headers that carry it. */
export interface LimitRow {
  /** A dimension the pool counts, or the name it gets in `extra`. */
  readonly dimension?: Dimension;
  readonly extra?: string;
  readonly limit?: string;
  readonly remaining?: string;
  readonly reset?: string;
  /** Header with the window's length in seconds. */
  readonly windowSeconds?: string;
  /** The window's length where only the name says it. */
  readonly windowMs?: number;
  /** How it refills, where the provider is known to; said only with a stated window. */
  readonly kind?: LimitKind;
}

export type KnownOfLimit = Pick<LimitReading, 'limit' | 'remaining' | 'windowMs'>;

export interface ReadContext extends Anchor {
  readonly header: HeaderReader;
  readonly status: number;
  /** Epoch milliseconds of the response's arrival, by the pool's clock. */
  readonly now: number;
}
