import { type Attempt, PoolClosedError } from '../core/errors.js';
import type { Explanation } from '../core/explanation.js';
import type { KeyView } from '../key/key.js';
import { Alarm } from './alarm.js';
import type { Announcer } from './announcer.js';
import type { Call } from './call.js';
import { Consequences } from './consequences.js';
import type { Withheld } from './earliest.js';
import { explain, explainBriefly } from './explain.js';
import { hostOf } from './host.js';
import { Judge } from './judge.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import type { PoolLease } from './lease.js';
import { LeaseDesk } from './lease-desk.js';
import type { Settings } from './options.js';
import type { Replacer } from './replacer.js';
import type { Roster } from './roster.js';
import { earliest, WaitingRoom } from './waiting-room.js';

export interface DispatcherOptions {
  readonly settings: Settings;
  readonly roster: Roster;
  readonly announce: Announcer;
  readonly now: () => number;
  readonly viewOf: (record: KeyRecord) => KeyView;
  /** A lease of the key is over for good. */
  readonly onReleased: (record: KeyRecord) => void;
  /** Absent where there is no store. */
  readonly replacer: Replacer | undefined;
}

/** Who is served, and when: leases, those who wait for one, and the one timer for both. */
export class Dispatcher {
  readonly #roster: Roster;
  readonly #announce: Announcer;
  readonly #now: () => number;
  readonly #onReleased: (record: KeyRecord) => void;
  readonly #consequences: Consequences;
  readonly #desk: LeaseDesk;
  readonly #room: WaitingRoom;
  readonly #alarm: Alarm;
  /** Leases given out so far: also the place of the latest call in the order of sending. */
  #leased = 0;
  #onDrained: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    const { settings, roster, announce, now, viewOf, onReleased, replacer } = options;
    this.#roster = roster;
    this.#announce = announce;
    this.#now = now;
    this.#onReleased = onReleased;
    this.#consequences = new Consequences(settings, roster, announce, replacer);
    this.#desk = new LeaseDesk({
      ttlMs: settings.leaseTtlMs,
      judge: new Judge(settings, roster, announce, this.#consequences),
      announce,
      now,
      present: roster.present,
      recorder: settings.recorder,
      host: hostOf(settings.provider),
      viewOf,
      count: (record, leases, at) => roster.counted(record, leases, at),
      isWaitedFor: () => this.#room.size > 0 || roster.isSearching,
      onChange: (lane, at) => this.changed(lane, at),
      onReleased: (record) => this.#released(record),
    });
    this.#room = new WaitingRoom({
      maxQueue: settings.maxQueue,
      now,
      lease: (call, lane, at, since, withheld) => this.#lease(call, lane, at, since, withheld),
      onServed: (lease) => announce.leased(lease),
      explain: (call, lane, at, withheld) => explainBriefly(call, lane, roster, at, withheld),
      onWaitersChanged: () => this.#setAlarm(),
    });
    this.#alarm = new Alarm(settings.clock, () => this.#ring());
  }

  get inFlight(): number {
    return this.#desk.size;
  }

  get waiting(): number {
    return this.#room.size;
  }

  get leased(): number {
    return this.#leased;
  }

  /** Leases now, or not: what a seat saves up for somebody who waits is left alone. */
  tryLease(call: Call, now: number): PoolLease | undefined {
    const lane = this.#roster.lanes.of(call.modelClass, now);
    const lease = this.#lease(call, lane, now, now, this.#room.withheld(lane));
    if (lease !== undefined) this.#announce.leased(lease);
    return lease;
  }

  /**
   * Leases as soon as it is this call's turn: at once where that is now. `trail`: what `run` tried
   * before, for the error.
   */
  lease(call: Call, trail: readonly Attempt[], now: number): PoolLease | Promise<PoolLease> {
    const lane = this.#roster.lanes.of(call.modelClass, now);
    if (!this.#room.isWaitedIn(lane)) {
      const lease = this.tryLease(call, now);
      if (lease !== undefined) return lease;
      const hopeless = this.#room.hopeless(call, lane, now, trail);
      if (hopeless !== undefined) throw hopeless;
    }
    return this.#room.wait(call, lane, now, trail);
  }

  /**
   * When the call could be served, were it to come now; `Infinity` when nothing known tells. A seat that
   * is withheld for who came first serves it after that at the earliest.
   */
  readyAt(call: Call, now: number): number {
    const lane = this.#roster.lanes.of(call.modelClass, now);
    return earliest(call, lane, now, this.#room.withheldFrom(call, lane));
  }

  /** Why the call could be served now, or not, key by key. */
  explain(call: Call, now: number): Explanation {
    const lane = this.#roster.lanes.of(call.modelClass, now);
    return explain(call, lane, this.#roster.keys(), now, this.#room.withheldFrom(call, lane));
  }

  /** Something changed in the lane: serves whom that helps, there and where a key became ready. */
  changed(lane: Lane, now: number): void {
    // Nor does the alarm change then: it is set for the first lease to expire, or earlier.
    if (this.#room.size === 0) return;
    for (const waited of this.#room.lanes()) {
      if (waited === lane || waited.hasChanged) this.#room.dispatch(waited, now);
    }
    this.#setAlarm();
  }

  /** Something changed that may concern everybody who waits. */
  changedAll(now: number): void {
    for (const lane of this.#room.lanes()) this.#room.dispatch(lane, now);
    this.#setAlarm();
  }

  /** The caller says that the host is to be asked again. */
  trustHost(record: KeyRecord, now: number): void {
    this.#consequences.trustHost(record, now);
  }

  /** Rejects who waits, and resolves when the last lease is back. Nothing runs afterwards. */
  async close(): Promise<void> {
    this.#room.rejectAll(new PoolClosedError());
    if (this.#desk.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
        this.#alarm.set(this.#desk.nextExpiryAt, true);
      });
    }
    this.#alarm.clear();
  }

  #lease(
    call: Call,
    lane: Lane,
    now: number,
    since: number,
    withheld: Withheld | undefined,
  ): PoolLease | undefined {
    const taken = lane.take(call, this.#leased + 1, now, withheld);
    if (taken === undefined) return undefined;
    this.#leased += 1;
    const lease = this.#desk.give(taken, lane, now, since);
    this.#alarm.set(this.#desk.nextExpiryAt, false);
    return lease;
  }

  #released(record: KeyRecord): void {
    this.#onReleased(record);
    if (this.#desk.size === 0) this.#onDrained?.();
  }

  #ring(): void {
    const now = this.#now();
    this.#desk.expire(now);
    this.#room.tick(now);
    this.#setAlarm();
  }

  #setAlarm(): void {
    const { size, nextAt } = this.#room;
    const { nextExpiryAt } = this.#desk;
    // Who waits for a lease to come back, and for nothing else, keeps the process alive as well.
    const isAwaited = size > 0 || this.#onDrained !== undefined;
    if (!isAwaited) this.#alarm.letGo();
    if (nextAt < Infinity) this.#alarm.set(nextAt, true);
    if (nextExpiryAt < Infinity) this.#alarm.set(nextExpiryAt, isAwaited);
  }
}
