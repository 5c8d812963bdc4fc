import { RecencyList } from '../core/recency-list.js';
import type { KeyView } from '../key/key.js';
import type { Usage } from '../limiter/limiter.js';
import type { ResponseFacts } from '../limits/limit-update.js';
import type { CallRecorder } from '../stats/call-record.js';
import type { Announcer } from './announcer.js';
import type { Judge } from './judge.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import { type LeaseKeeper, PoolLease, type Verdict } from './lease.js';
import type { SeatLease } from './pool-seat.js';

export interface LeaseDeskOptions {
  readonly ttlMs: number;
  readonly judge: Judge;
  readonly announce: Announcer;
  readonly now: () => number;
  /** The latest instant that was read. */
  readonly present: { readonly now: number };
  readonly recorder: CallRecorder | undefined;
  /** Where the calls go, for statistics. */
  readonly host: string;
  readonly viewOf: (record: KeyRecord) => KeyView;
  /** A lease of the key was given out (1) or came back (−1); `now`: unless nobody read the clock. */
  readonly count: (record: KeyRecord, leases: 1 | -1, now: number | undefined) => void;
  /** Whether somebody waits for a lease. */
  readonly isWaitedFor: () => boolean;
  /** Something was given back or learnt: waiters of the lane may be served now. */
  readonly onChange: (lane: Lane, now: number) => void;
  /** A lease is over for good. */
  readonly onReleased: (record: KeyRecord) => void;
}

/** Hands leases out, takes them back, and takes back those that nobody returns. */
export class LeaseDesk implements LeaseKeeper {
  readonly #options: LeaseDeskOptions;
  /** In the order of expiry: all live equally long, and `renew` moves a lease to the end. */
  readonly #out = new RecencyList<PoolLease>();
  #size = 0;

  constructor(options: LeaseDeskOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** When the next lease expires, in epoch milliseconds; `Infinity` when none is out. */
  get nextExpiryAt(): number {
    return this.#out.oldest?.expiresAt ?? Infinity;
  }

  give(taken: SeatLease, lane: Lane, now: number, since: number): PoolLease {
    const { count, ttlMs } = this.#options;
    const lease = new PoolLease(this, lane, taken, now - since, now + ttlMs);
    count(taken.key, 1, now);
    this.#out.touch(lease);
    this.#size += 1;
    return lease;
  }

  observe(lease: PoolLease, response: ResponseFacts): Verdict {
    const { judge, now, onChange } = this.#options;
    const instant = now();
    const verdict = judge.observe(lease, response, instant);
    refreshSeat(lease, instant);
    onChange(lease.lane, instant);
    return verdict;
  }

  settle(lease: PoolLease, usage: Usage): void {
    const { limiter } = lease.reservation;
    // Mostly requests, reserved as one and settled as one: nothing to correct, no clock to read.
    if (limiter.isSettledAs(lease.reservation, usage)) return;
    const now = this.#options.now();
    limiter.settle(lease.reservation, usage, now);
    refreshSeat(lease, now);
    // Also where nobody can be served yet: whoever waits out a debt may have to wait less, or more.
    this.#options.onChange(lease.lane, now);
  }

  renew(lease: PoolLease): number {
    this.#out.touch(lease);
    return this.#options.now() + this.#options.ttlMs;
  }

  release(lease: PoolLease): void {
    const { judge, announce, now, present, count, onChange, onReleased } = this.#options;
    const isTimeless = this.#isTimeless(lease);
    const instant = isTimeless ? present.now : now();
    this.#out.delete(lease);
    this.#size -= 1;
    count(lease.record, -1, isTimeless ? undefined : instant);
    lease.reservation.limiter.release(lease.reservation, instant);
    if (lease.hasTickets) judge.leave(lease, false, instant);
    const { seat } = lease;
    if (seat !== undefined) lease.lane.eased(seat, instant);
    onReleased(lease.record);
    if (isTimeless) return;
    onChange(lease.lane, instant);
    announce.released(lease, instant);
    this.#record(lease, instant);
  }

  /** Takes back what should have been returned by now. */
  expire(now: number): void {
    for (let lease = this.#out.oldest; lease !== undefined; lease = this.#out.oldest) {
      if (lease.expiresAt > now) return;
      lease.release();
      this.#options.announce.leaseExpired(lease, now);
    }
  }

  view(key: KeyRecord): KeyView {
    return this.#options.viewOf(key);
  }

  /**
   * Whether the release comes to the same at any instant, as it mostly does, and nobody is to hear of
   * it. Reading the clock costs as much as all the rest of it.
   */
  #isTimeless({ seat, hasTickets, reservation }: PoolLease): boolean {
    const { announce, recorder, isWaitedFor } = this.#options;
    if (seat?.isReady !== true || hasTickets || isWaitedFor()) return false;
    if (recorder !== undefined || announce.events.has('released')) return false;
    return !reservation.limiter.isPending(reservation);
  }

  #record({ record, lane, leasedAt, answer }: PoolLease, now: number): void {
    const { recorder, host, announce } = this.#options;
    if (recorder === undefined) return;
    announce.guard('recorder.record', () =>
      recorder.record({
        id: record.id,
        group: record.group.name,
        host,
        modelClass: lane.modelClass,
        class: answer?.class,
        status: answer?.status,
        message: answer?.message,
        ms: answer?.ms ?? now - leasedAt,
        at: now,
      }),
    );
  }
}

function refreshSeat({ lane, seat }: PoolLease, now: number): void {
  if (seat !== undefined) lane.refresh(seat, now);
}
