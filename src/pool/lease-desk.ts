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
  readonly recorder: CallRecorder | undefined;
  /** Runs what is not the pool's own, which must harm no call. */
  readonly guard: (what: string, run: () => void) => void;
  /** Where the calls go, for statistics. */
  readonly host: string;
  readonly viewOf: (record: KeyRecord) => KeyView;
  /** A lease of the key was given out (1) or came back (−1). */
  readonly count: (record: KeyRecord, leases: 1 | -1, now: number) => void;
  /** Something was given back or learnt: waiters of the lane may be served now. */
  readonly onChange: (lane: Lane, now: number) => void;
  /** A lease is over for good. */
  readonly onReleased: (record: KeyRecord) => void;
}

/** Hands leases out, takes them back, and takes back those that nobody returns. */
export class LeaseDesk implements LeaseKeeper {
  readonly #options: LeaseDeskOptions;
  /** In the order of expiry: all live equally long, and `renew` moves a lease to the end. */
  readonly #out = new Set<PoolLease>();

  constructor(options: LeaseDeskOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#out.size;
  }

  /** When the next lease expires, in epoch milliseconds; `Infinity` when none is out. */
  get nextExpiryAt(): number {
    for (const lease of this.#out) return lease.expiresAt;
    return Infinity;
  }

  give(
    { key, reservation, tickets }: SeatLease,
    lane: Lane,
    now: number,
    since: number,
  ): PoolLease {
    const lease = new PoolLease({
      keeper: this,
      lane,
      record: key,
      reservation,
      tickets,
      leasedAt: now,
      waitedMs: now - since,
      expiresAt: now + this.#options.ttlMs,
    });
    this.#options.count(key, 1, now);
    this.#out.add(lease);
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
    const now = this.#options.now();
    lease.reservation.limiter.settle(lease.reservation, usage, now);
    if (refreshSeat(lease, now)) this.#options.onChange(lease.lane, now);
  }

  renew(lease: PoolLease): number {
    this.#out.delete(lease);
    this.#out.add(lease);
    return this.#options.now() + this.#options.ttlMs;
  }

  release(lease: PoolLease): void {
    const { judge, announce, now, count, onChange, onReleased } = this.#options;
    const instant = now();
    this.#out.delete(lease);
    count(lease.record, -1, instant);
    lease.reservation.limiter.release(lease.reservation, instant);
    judge.leave(lease, false, instant);
    refreshSeat(lease, instant);
    onReleased(lease.record);
    onChange(lease.lane, instant);
    announce.released(lease, instant);
    this.#record(lease, instant);
  }

  #record({ record, lane, leasedAt, answer }: PoolLease, now: number): void {
    const { recorder, host } = this.#options;
    if (recorder === undefined) return;
    this.#options.guard('recorder.record', () =>
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

  /** Takes back what should have been returned by now. */
  expire(now: number): void {
    for (const lease of this.#out) {
      if (lease.expiresAt > now) return;
      lease.release();
      this.#options.announce.leaseExpired(lease, now);
    }
  }

  view(key: KeyRecord): KeyView {
    return this.#options.viewOf(key);
  }
}

/** Returns whether the seat may serve somebody now. */
function refreshSeat({ lane, record }: PoolLease, now: number): boolean {
  const seat = lane.seatOf(record.group);
  if (seat === undefined) return false;
  lane.refresh(seat, now);
  return seat.isReady;
}
