import type { HeaderReader } from '../headers.js';
import { LONGEST_MS } from './bounds.js';
import { parseDate } from './date.js';
import { parseGoDuration, parseIsoDuration, wholeMs } from './duration.js';
import { parseDecimal } from './number.js';

/** When the response was written, by the clock that wrote its absolute times. */
export interface Anchor {
  /** Epoch milliseconds of the response's `Date`, else of its arrival. */
  readonly writtenAt: number;
}

/** The response's `Date`, in epoch milliseconds, else `now`: absolute times are relative to it. */
export function writtenAt(header: HeaderReader, now: number): number {
  return parseDate(header('date') ?? '') ?? now;
}

/** Milliseconds a number without a unit counts in; `undefined`: such a number is not understood. */
export type DeltaUnit = (value: number) => number | undefined;

/** The least number that is an instant (2001), in seconds since 1970; smaller ones are deltas. */
export const FIRST_EPOCH = 1e9;

/** Seconds, as every RFC has it. */
export const seconds: DeltaUnit = () => 1000;

/** No unit is known: only dates, epochs and durations that carry their own are understood. */
export const unitless: DeltaUnit = (value) => (value === 0 ? 1 : undefined);

/**
 * Milliseconds until the instant or after the duration that `text` names; 0 when it is past.
 * Dates come before numbers, or `2026-…` would be 2026 seconds. Numbers go by magnitude: from 1e12
 * epoch milliseconds, from 1e9 epoch seconds, else a delta.
 */
export function parseWait(text: string, anchor: Anchor, unit: DeltaUnit): number | undefined {
  const instant = parseDate(text);
  if (instant !== undefined) return bounded(instant - anchor.writtenAt);
  const value = parseDecimal(text);
  if (value === undefined) return bounded(parseGoDuration(text) ?? parseIsoDuration(text));
  if (value >= 1e12) return bounded(value - anchor.writtenAt);
  if (value >= FIRST_EPOCH) return bounded(value * 1000 - anchor.writtenAt);
  const unitMs = unit(value);
  return unitMs === undefined ? undefined : bounded(value * unitMs);
}

function bounded(ms: number | undefined): number | undefined {
  if (ms === undefined || Number.isNaN(ms) || ms > LONGEST_MS) return undefined;
  return wholeMs(Math.max(0, ms));
}
