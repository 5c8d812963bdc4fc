import type { CooldownView, Dimension, KeyState, KeyView, LimitView } from '../key/key.js';
import type { Cooldown, CooldownRecord } from './cooldowns.js';
import type { KeyRecord } from './key-record.js';
import type { PoolSeat } from './pool-seat.js';
import type { Roster } from './roster.js';

/** What the pool shows of one key: a frozen copy, without the secret. */
export function viewOf(record: KeyRecord, roster: Roster, now: number): KeyView {
  const limits: Record<string, Partial<Record<Dimension, LimitView>>> = {};
  const cooldowns: CooldownView[] = [];
  const note = (rest: CooldownRecord | undefined) => {
    const current = rest?.current;
    if (rest === undefined || current === undefined) return;
    if (current.until > now || rest.openAt(now) > now) cooldowns.push(cooldownView(current));
  };
  note(record.rest);
  note(record.group.rest);
  note(roster.host);
  let load = 0;
  for (const [modelClass, seat] of seatsOf(record, roster)) {
    const known = seat.limiter.view(now);
    if (Object.keys(known).length > 0) limits[modelClass] = Object.freeze(known);
    note(seat.rest);
    note(seat.ownRestOf(record));
    load = Math.max(load, seat.limiter.load(now));
  }
  const { weight = 1, tier = 0, proxyUrl, labels = {} } = record.options;
  const { exhausted, spend } = record;
  const usedAt = record.lastUsedAt(now);
  const view: Draft = {
    id: record.id,
    state: stateOf(record, roster, now),
    group: record.group.name,
    load,
    inFlight: record.inFlight,
    weight,
    tier,
    labels: Object.freeze({ ...labels }),
    limits: Object.freeze(limits),
    cooldowns: Object.freeze(cooldowns),
  };
  if (proxyUrl !== undefined) view.proxyUrl = proxyUrl;
  if (usedAt !== undefined) view.usedAt = usedAt;
  if (exhausted !== undefined) view.exhaustedFor = exhausted;
  if (spend !== undefined) view.spend = spend;
  return Object.freeze(view);
}

type Draft = { -readonly [Field in keyof KeyView]: KeyView[Field] };

/** A key is `cooling` or `limited` when it can serve no model class that was ever asked for. */
export function stateOf(record: KeyRecord, roster: Roster, now: number): KeyState {
  if (record.isDraining || record.isRotating) return 'draining';
  if (record.isDisabled) return 'disabled';
  if (record.exhausted !== undefined) return 'exhausted';
  const rests = [record.rest, record.group.rest, roster.host];
  if (rests.some((rest) => rest !== undefined && rest.openAt(now) > now)) return 'cooling';
  const seats = [...seatsOf(record, roster)].map(([, seat]) => seat);
  if (seats.length === 0 || seats.some((seat) => seat.openAtFor(record, now) <= now))
    return 'ready';
  const isResting = (seat: PoolSeat) => seat.restsOf(record).some((rest) => rest.openAt(now) > now);
  return seats.every(isResting) ? 'cooling' : 'limited';
}

function* seatsOf(record: KeyRecord, roster: Roster): Generator<[string, PoolSeat]> {
  for (const lane of roster.lanes()) {
    const seat = lane.seatOf(record.group);
    if (seat !== undefined) yield [lane.modelClass, seat];
  }
}

function cooldownView({ scope, until, reason, source, dimension }: Cooldown): CooldownView {
  const view = { scope, until, reason, source };
  return Object.freeze(dimension === undefined ? view : { ...view, dimension });
}
