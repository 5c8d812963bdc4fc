import type { CooldownView, Dimension, KeyState, KeyView, LimitView } from '../key/key.js';
import type { Cooldown } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolSeat } from './pool-seat.js';
import type { Roster } from './roster.js';

/** What the pool shows of one key: a frozen copy, without the secret. */
export function viewOf(record: KeyRecord, roster: Roster, now: number): KeyView {
  const places = placesOf(record, roster);
  const seats = places.map(({ seat }) => seat);
  const cooldowns = cooldownsOf(seats, record, roster, now);
  let load = 0;
  for (const { limiter } of seats) load = Math.max(load, limiter.load(now));
  const { weight = 1, tier = 0, proxyUrl, labels = NO_LABELS } = record.options;
  const { exhausted, spend } = record;
  const usedAt = record.lastUsedAt(now);
  const view: Draft = {
    id: record.id,
    state: stateAmong(seats, record, roster, now),
    group: record.group.name,
    load,
    inFlight: record.inFlight,
    weight,
    tier,
    labels,
    limits: limitsOf(places, now),
    cooldowns,
  };
  if (proxyUrl !== undefined) view.proxyUrl = proxyUrl;
  if (usedAt !== undefined) view.usedAt = usedAt;
  if (exhausted !== undefined) view.exhaustedFor = exhausted;
  if (spend !== undefined) view.spend = spend;
  return Object.freeze(view);
}

type Draft = { -readonly [Field in keyof KeyView]: KeyView[Field] };

// Shared: a pool may have thousands of keys of which there is nothing to show.
const NO_LIMITS: KeyView['limits'] = Object.freeze({});
const NO_LABELS: KeyView['labels'] = Object.freeze({});
const NO_COOLDOWNS: KeyView['cooldowns'] = Object.freeze([]);

/** Where a key has its turn: a seat for each model class that was ever asked for. */
interface Place {
  readonly modelClass: string;
  readonly seat: PoolSeat;
}

/** A key is `cooling` or `limited` when it can serve no model class that was ever asked for. */
export function stateOf(record: KeyRecord, roster: Roster, now: number): KeyState {
  const seats = placesOf(record, roster).map(({ seat }) => seat);
  return stateAmong(seats, record, roster, now);
}

function stateAmong(
  seats: readonly PoolSeat[],
  record: KeyRecord,
  roster: Roster,
  now: number,
): KeyState {
  if (record.isDraining || record.isRotating) return 'draining';
  if (record.isDisabled) return 'disabled';
  if (record.exhausted !== undefined) return 'exhausted';
  const rests = [record.rest, record.group.rest, roster.host];
  if (rests.some((rest) => rest !== undefined && rest.openAt(now) > now)) return 'cooling';
  if (seats.length === 0 || seats.some((seat) => seat.openAtFor(record, now) <= now))
    return 'ready';
  const isResting = (seat: PoolSeat) => seat.restsOf(record).some((rest) => rest.openAt(now) > now);
  return seats.every(isResting) ? 'cooling' : 'limited';
}

function placesOf(record: KeyRecord, roster: Roster): readonly Place[] {
  const places: Place[] = [];
  for (const lane of roster.lanes()) {
    const seat = lane.seatOf(record.group);
    if (seat !== undefined) places.push({ modelClass: lane.modelClass, seat });
  }
  return places;
}

function cooldownsOf(
  seats: readonly PoolSeat[],
  record: KeyRecord,
  roster: Roster,
  now: number,
): readonly CooldownView[] {
  const rests = [record.rest, record.group.rest, roster.host];
  for (const seat of seats) rests.push(seat.rest, seat.ownRestOf(record));
  const cooldowns: CooldownView[] = [];
  for (const rest of rests) {
    const current = rest?.current;
    if (rest === undefined || current === undefined) continue;
    if (current.until > now || rest.openAt(now) > now) cooldowns.push(cooldownView(current));
  }
  return cooldowns.length === 0 ? NO_COOLDOWNS : Object.freeze(cooldowns);
}

function limitsOf(places: readonly Place[], now: number): KeyView['limits'] {
  if (places.length === 0) return NO_LIMITS;
  const limits: Record<string, Partial<Record<Dimension, LimitView>>> = {};
  for (const { modelClass, seat } of places) {
    const known = seat.limiter.view(now);
    if (Object.keys(known).length > 0) limits[modelClass] = Object.freeze(known);
  }
  return Object.freeze(limits);
}

function cooldownView({ scope, until, reason, source, dimension }: Cooldown): CooldownView {
  const view = { scope, until, reason, source };
  return Object.freeze(dimension === undefined ? view : { ...view, dimension });
}
