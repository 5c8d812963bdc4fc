import { type Level, ROUNDING } from './level.js';

/**
 * How near to a reset a call may be counted on either side of it. Headers state resets in whole
 * seconds, by a clock of whole seconds.
 */
const EDGE_MS = 1_000;

export interface WindowLevelOptions {
  readonly limit: number;
  readonly windowMs: number;
  readonly used?: number;
  readonly now: number;
}

/**
 * A fixed window: everything comes back at its end. Until a response states that end, a window
 * starts with its first use. A stated end is only known within a span; what is spent in there, or
 * within a second before an own end, counts in both windows.
 */
export class WindowLevel implements Level {
  readonly kind = 'window';
  #limit: number;
  #windowMs: number;
  #used: number;
  /** Of what is used, the part spent so near to the end that it may count in the next window. */
  #atEdge = 0;
  /** The end of a window that began with its own first use. */
  #ownEnd: number | undefined;
  /** Until when a window without a use of its own keeps what was spent at the edge before it. */
  #carriedUntil: number | undefined;
  /** Where responses say that the end is: it narrows with each of them. */
  #statedEnd: Span | undefined;
  /** The first call of the present window: what came before it can no longer be corrected. */
  #firstOrder = 0;
  /** The first call of those at the edge. */
  #edgeOrder = Infinity;

  constructor({ limit, windowMs, used = 0, now }: WindowLevelOptions) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#used = used;
    if (used > 0) this.#ownEnd = now + windowMs;
  }

  get limit(): number {
    return this.#limit;
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  /** When the present window is over for certain; `undefined` before its first use. */
  get overAt(): number | undefined {
    return this.#statedEnd?.latest ?? this.#ownEnd ?? this.#carriedUntil;
  }

  /** From when on a call may be counted in the next window. */
  #edgeAt(): number {
    return this.#statedEnd?.earliest ?? (this.#ownEnd ?? Infinity) - EDGE_MS;
  }

  available(now: number): number {
    this.#roll(now);
    return this.#limit - this.#used;
  }

  take(amount: number, order: number, now: number): void {
    this.#roll(now);
    if (this.#firstOrder === Infinity) this.#firstOrder = order;
    this.charge(amount, order, now);
  }

  charge(amount: number, order: number, now: number): void {
    this.#roll(now);
    if (order < this.#firstOrder) return;
    if (this.#statedEnd === undefined) this.#ownEnd ??= now + this.#windowMs;
    this.#used += amount;
    if (now < this.#edgeAt()) return;
    this.#atEdge += amount;
    this.#edgeOrder = Math.min(this.#edgeOrder, order);
  }

  refund(amount: number, order: number, now: number): number {
    this.#roll(now);
    if (order < this.#firstOrder) return 0;
    const refunded = Math.min(amount, this.#used);
    this.#used -= refunded;
    this.#atEdge = Math.min(this.#atEdge, this.#used);
    return refunded;
  }

  readyAt(amount: number, now: number): number {
    if (amount > this.#limit + ROUNDING) return Infinity;
    this.#roll(now);
    if (this.#used + amount <= this.#limit + ROUNDING) return now;
    const overAt = this.overAt ?? now;
    return this.#atEdge + amount <= this.#limit + ROUNDING ? overAt : overAt + this.#windowMs;
  }

  relimit(limit: number, windowMs: number, now: number): void {
    this.#roll(now);
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /**
   * Takes over a stated reset; `callMs` is how long ago the call was sent that it answers. Returns
   * whether the reading is of the present window: one from an earlier window says nothing any more.
   */
  end(resetAt: number, callMs: number, now: number): boolean {
    this.#roll(now);
    // A relative reset counts from somewhere between the call and its answer.
    const stated: Span = { earliest: resetAt - callMs - EDGE_MS, latest: resetAt + EDGE_MS };
    if (stated.latest <= now) return false;
    const known = this.#statedEnd;
    if (known === undefined) {
      // The window of a call that took long may be over by now: then the own end is safe.
      const isLong = callMs > this.#windowMs / 10;
      if (!isLong || stated.earliest > now) this.#statedEnd = stated;
      return true;
    }
    // An end still to come is the present window's, however long windows were believed to be.
    if (stated.latest < known.earliest && stated.earliest <= now) return false;
    // The provider has rolled already, whatever this clock says. Only what is certain: the call may
    // have been on its way for longer than a short window lasts.
    const windowsAhead = Math.ceil((stated.earliest - known.latest) / this.#windowMs);
    if (windowsAhead > 0) this.#next(shifted(known, windowsAhead * this.#windowMs));
    this.#narrow(this.#statedEnd ?? stated, stated);
    return true;
  }

  /** Milliseconds between a stated reset and the nearest end of a window, past or to come. */
  distanceToEnd(resetAt: number): number {
    if (this.#statedEnd === undefined) return 0;
    const aheadMs = resetAt + EDGE_MS - this.#statedEnd.latest;
    const phase = ((aheadMs % this.#windowMs) + this.#windowMs) % this.#windowMs;
    return Math.min(phase, this.#windowMs - phase);
  }

  #narrow(known: Span, stated: Span): void {
    // Where it may as well be the end before, or the one after, it says nothing.
    const isAmbiguous =
      intersection(known, shifted(stated, this.#windowMs)) !== undefined ||
      intersection(known, shifted(stated, -this.#windowMs)) !== undefined;
    const both = intersection(known, stated);
    if (both === undefined) this.#statedEnd = stated;
    else if (!isAmbiguous) this.#statedEnd = both;
  }

  #roll(now: number): void {
    const overAt = this.overAt;
    if (overAt === undefined || now < overAt) return;
    const passed = Math.floor((now - overAt) / this.#windowMs) + 1;
    if (passed > 1) this.#atEdge = 0;
    const carriedUntil = this.#atEdge > 0 ? overAt + this.#windowMs : undefined;
    const known = this.#statedEnd;
    if (known !== undefined) this.#next(shifted(known, passed * this.#windowMs));
    else this.#next(undefined, carriedUntil);
  }

  #next(statedEnd: Span | undefined, carriedUntil?: number): void {
    this.#used = this.#atEdge;
    this.#firstOrder = this.#edgeOrder;
    this.#atEdge = 0;
    this.#edgeOrder = Infinity;
    this.#statedEnd = statedEnd;
    this.#ownEnd = undefined;
    this.#carriedUntil = carriedUntil;
  }
}

/** Two instants between which something happens, in epoch milliseconds. */
interface Span {
  readonly earliest: number;
  readonly latest: number;
}

function shifted({ earliest, latest }: Span, byMs: number): Span {
  return { earliest: earliest + byMs, latest: latest + byMs };
}

function intersection(a: Span, b: Span): Span | undefined {
  const earliest = Math.max(a.earliest, b.earliest);
  const latest = Math.min(a.latest, b.latest);
  return earliest <= latest ? { earliest, latest } : undefined;
}
