import type { Explanation } from '../core/explanation.js';
import type { Call } from './call.js';
import type { Withheld } from './earliest.js';
import { explainKey } from './explain-key.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import type { Roster } from './roster.js';

/** Keys in an error's explanation, at most. */
const EXPLAINED_KEYS = 20;

/** Why the call can or cannot be served now, key by key. */
export function explain(
  call: Call,
  lane: Lane,
  records: Iterable<KeyRecord>,
  now: number,
  withheld?: Withheld,
): Explanation {
  const keys = [...records].map((key) => explainKey(key, call, lane, now, withheld));
  const ready = keys.some((key) => key.ready);
  const retryAt = keys.reduce(
    (first, { readyAt = Infinity }) => Math.min(first, readyAt),
    Infinity,
  );
  return { ready, ...(retryAt === Infinity ? {} : { retryAt }), keys };
}

/** The same for an error, of which a pool of thousands of keys may make many. */
export function explainBriefly(
  call: Call,
  lane: Lane,
  roster: Roster,
  now: number,
  withheld?: Withheld,
): Explanation {
  const first: KeyRecord[] = [];
  for (const key of roster.keys()) {
    if (first.length === EXPLAINED_KEYS) break;
    first.push(key);
  }
  const explanation = explain(call, lane, first, now, withheld);
  const omitted = roster.size - first.length;
  return omitted > 0 ? { ...explanation, omitted } : explanation;
}
