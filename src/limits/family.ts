import type { HeaderReader } from './headers.js';
import type { LimitUpdate } from './limit-update.js';
import type { Anchor } from './parse/reset.js';

/** How one family of providers writes its limits; made by `defineHeaderFamily`. */
export interface HeaderFamily {
  /** Preset names and hints that mean this family. */
  readonly providers: readonly string[];
  /** Any of these headers gives the family away. */
  readonly marks: readonly string[];
  /** A pattern of names that no list can hold; gives the family away as well. */
  readonly pattern?: RegExp;
  /** All headers it asks for by name. */
  readonly headers: readonly string[];
  /** What the headers say. */
  readonly read: (context: ReadContext) => Readings;
  /** A wait that a refusal demands in other headers than Retry-After, in milliseconds. */
  readonly waitMs?: (context: ReadContext) => number | undefined;
  /** Who shares these limits. */
  readonly group?: (header: HeaderReader) => string | undefined;
}

/** The limits in one response, without what it demands. */
export type Readings = Omit<LimitUpdate, 'retryAfterMs' | 'group'>;

export interface ReadContext extends Anchor {
  readonly header: HeaderReader;
  /** All names that speak of limits, and some that do not. */
  readonly names: () => Iterable<string>;
  /** Names that speak of limits, and that no table lists. */
  readonly unlisted: readonly string[];
  readonly status: number;
  /** The preset's name in lower case; empty where nobody told it. */
  readonly provider: string;
  /** Epoch milliseconds of the response's arrival, by the pool's clock. */
  readonly now: number;
}
