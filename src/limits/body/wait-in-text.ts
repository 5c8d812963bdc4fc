import { LONGEST_MS } from '../parse/bounds.js';
import { parseDate } from '../parse/date.js';
import { parseGoDuration, wholeMs } from '../parse/duration.js';

const UNIT_MS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|milli)/i, 1],
  [/^s/i, 1000],
  [/^m/i, 60_000],
  [/^h/i, 3_600_000],
  [/^d/i, 86_400_000],
];

/**
 * The longest wait that a message names, in milliseconds: `try again in 9m38.016s`, `wait 42
 * seconds`, `resets in ~5s`, `regain access on 2026-01-01 at 00:00 UTC`, `resets at
 * 2026-01-01T00:00:00Z`. A number without a unit is not understood, nor a time without its zone.
 */
export function waitInText(text: string, now: number): number | undefined {
  const waits = [...waitsIn(text), ...instantsIn(text).map((instant) => instant - now)]
    .map((ms) => wholeMs(Math.max(0, ms)))
    .filter((ms) => ms !== undefined)
    .filter((ms) => ms <= LONGEST_MS);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** The wait in a field of its own (`34.4s`, `5s`), in milliseconds. */
export function waitInField(field: unknown): number | undefined {
  const ms = typeof field === 'string' && field.length <= 40 ? parseGoDuration(field) : undefined;
  return ms !== undefined && ms <= LONGEST_MS ? ms : undefined;
}

const UNIT = `(?:milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)(?![a-z])`;

/** `wait 42 seconds`, `available in 1 hour and 5 minutes`: the amount, its unit, and what is added to it. */
const WAITS = new RegExp(
  [
    String.raw`\b(?:(?:again|retry|retrying|wait|waiting|resets?)\s(?:in|after|for)|available\sin|wait)\s`,
    String.raw`(?:(?:about|another|at least)\s)?~?(\d[\d.hmsd]{0,30})(?:\s?(${UNIT}))?(?![a-z])`,
    String.raw`((?:,?\s(?:and\s)?\d{1,6}\s?${UNIT}){0,3})`,
  ].join(''),
  'gi',
);

const ADDED = new RegExp(String.raw`(\d+)\s?(${UNIT})`, 'gi');

function waitsIn(text: string): number[] {
  const found: number[] = [];
  for (const [, amount = '', unit, rest = ''] of text.matchAll(WAITS)) {
    const ms =
      unit === undefined ? parseGoDuration(amount.replace(/\.+$/, '')) : timesUnit(amount, unit);
    if (ms === undefined) continue;
    const added = [...rest.matchAll(ADDED)].map(([, more = '', of = '']) => timesUnit(more, of));
    found.push(added.reduce((sum: number, each) => sum + (each ?? 0), ms));
  }
  return found.slice(0, 16);
}

function timesUnit(amount: string, unit: string): number | undefined {
  if (!/^\d+(?:\.\d+)?$/.test(amount)) return undefined;
  const unitMs = UNIT_MS.find(([name]) => name.test(unit))?.[1];
  return unitMs === undefined ? undefined : Number(amount) * unitMs;
}

function instantsIn(text: string): number[] {
  const found: number[] = [];
  // Anthropic, when a spend limit is reached.
  for (const [, day, time] of text.matchAll(/\baccess on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC/g)) {
    const instant = parseDate(`${day}T${time}:00Z`);
    if (instant !== undefined) found.push(instant);
  }
  for (const [, written = ''] of text.matchAll(ZONED_INSTANT)) {
    const instant = parseDate(written);
    if (instant !== undefined) found.push(instant);
  }
  return found.slice(0, 16);
}

const INSTANT = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]{0,14} ?(?:Z|GMT|UTC|[+-]\d\d:?\d\d)`;

const ZONED_INSTANT = new RegExp(
  String.raw`\b(?:again|retry|available|resets?|renews?) (?:at|on|after) (${INSTANT})`,
  'gi',
);
