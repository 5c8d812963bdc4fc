import type { CooldownView, Dimension, KeyState, KeyView, LimitView } from '../key/key.js';
import type { Cooldown, CooldownRecord } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolSeat } from './pool-seat.js';
import type { Roster } from './roster.js';

/** What the pool shows of one key: a frozen copy, without the secret. */
export function viewOf(record: KeyRecord, roster: Roster, now: number): KeyView {
  const places = placesOf(record, roster);
  const { weight = 1, tier = 0, proxyUrl, labels = NO_LABELS } = record.details;
  const { exhausted, spend } = record;
  const usedAt = record.lastUsedAt(now);
  const view: Draft = {
    id: record.id,
    state: stateAmong(places, record, roster, now),
    group: record.group.name,
    load: loadOf(places, now),
    inFlight: record.inFlight,
    weight,
    tier,
    labels,
    limits: limitsOf(places, now),
    cooldowns: cooldownsOf(places, record, roster, now),
  };
  if (proxyUrl !== undefined) view.proxyUrl = proxyUrl;
  if (usedAt !== undefined) view.usedAt = usedAt;
  if (exhausted !== undefined) view.exhaustedFor = exhausted;
  if (spend !== undefined) view.spend = spend;
  return Object.freeze(view);
}

/** A key is `cooling` or `limited` when it can serve no model class that was ever asked for. */
export function stateOf(record: KeyRecord, roster: Roster, now: number): KeyState {
  return stateAmong(placesOf(record, roster), record, roster, now);
}

type Draft = { -readonly [Field in keyof KeyView]: KeyView[Field] };

// Shared: a pool may have thousands of keys of which there is nothing to show.
const NO_LIMITS: KeyView['limits'] = Object.freeze({});
const NO_LABELS: KeyView['labels'] = Object.freeze({});
const NO_COOLDOWNS: KeyView['cooldowns'] = Object.freeze([]);
const NO_PLACES: readonly Place[] = [];

/** Where a key has its turn: a seat for each model class that was ever asked for. */
interface Place {
  readonly modelClass: string;
  readonly seat: PoolSeat;
}

function stateAmong(
  places: readonly Place[],
  record: KeyRecord,
  roster: Roster,
  now: number,
): KeyState {
  if (record.isDraining || record.isRotating) return 'draining';
  if (record.isDisabled) return 'disabled';
  if (record.exhausted !== undefined) return 'exhausted';
  const { rest, group } = record;
  if (holds(rest, now) || holds(group.rest, now) || holds(roster.host, now)) return 'cooling';
  if (places.length === 0) return 'ready';
  if (places.some(({ seat }) => seat.openAtFor(record, now) <= now)) return 'ready';
  const isResting = ({ seat }: Place) => seat.everyRestOf(record).some((each) => holds(each, now));
  return places.every(isResting) ? 'cooling' : 'limited';
}

function holds(rest: CooldownRecord | undefined, now: number): boolean {
  return rest !== undefined && rest.openAt(now) > now;
}

function placesOf(record: KeyRecord, roster: Roster): readonly Place[] {
  let places: Place[] | undefined;
  for (const lane of roster.lanes) {
    const seat = lane.seatOf(record.group);
    if (seat === undefined) continue;
    places ??= [];
    places.push({ modelClass: lane.modelClass, seat });
  }
  return places ?? NO_PLACES;
}

function loadOf(places: readonly Place[], now: number): number {
  let load = 0;
  for (const { seat } of places) load = Math.max(load, seat.limiter.load(now));
  return load;
}

function cooldownsOf(
  places: readonly Place[],
  record: KeyRecord,
  roster: Roster,
  now: number,
): readonly CooldownView[] {
  const cooldowns: CooldownView[] = [];
  addCooldown(cooldowns, record.rest, now);
  addCooldown(cooldowns, record.group.rest, now);
  addCooldown(cooldowns, roster.host, now);
  for (const { seat } of places) {
    addCooldown(cooldowns, seat.rest, now);
    addCooldown(cooldowns, seat.restOf(record), now);
  }
  return cooldowns.length === 0 ? NO_COOLDOWNS : Object.freeze(cooldowns);
}

function addCooldown(
  cooldowns: CooldownView[],
  rest: CooldownRecord | undefined,
  now: number,
): void {
  const current = rest?.current;
  if (rest === undefined || current === undefined) return;
  if (current.until > now || rest.openAt(now) > now) cooldowns.push(cooldownView(current));
}

function limitsOf(places: readonly Place[], now: number): KeyView['limits'] {
  if (places.length === 0) return NO_LIMITS;
  const limits: Record<string, Partial<Record<Dimension, LimitView>>> = {};
  for (const { modelClass, seat } of places) {
    const known = seat.limiter.view(now);
    for (const view of Object.values(known)) Object.freeze(view);
    if (Object.keys(known).length > 0) limits[modelClass] = Object.freeze(known);
  }
  return Object.freeze(limits);
}

function cooldownView({ scope, until, reason, source, dimension }: Cooldown): CooldownView {
  const view = { scope, until, reason, source };
  return Object.freeze(dimension === undefined ? view : { ...view, dimension });
}
