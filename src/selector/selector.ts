import type { KeyView } from '../key/key.js';

/**
 * What a selector chooses among: one quota group's place in a lane. Every call to a group draws on
 * the same limits, so its keys take turns inside the seat.
 */
export interface Seat {
  /** The group's name; the object, not the name, is the seat's identity. */
  readonly id: string;
  /** A small integer of its own within the lane; given to a later seat once this one has left. */
  readonly index: number;
  /** Weight and tier are worth reading at `add`: a seat that changes them is taken out and put back. */
  readonly weight: number;
  readonly tier: number;
  /** Leases out. */
  readonly inFlight: number;
  /** Share of the tightest limit in use, 0 to 1, at the instant of the call that asks. */
  readonly load: number;
  /** Views of the keys that can serve now. Costly: for selectors that need more than the numbers. */
  views(): readonly KeyView[];
}

/** What a selector may know of a call. Calls that state nothing share one. */
export interface SelectorRequest {
  readonly model?: string;
  /** A conversation, user or cache prefix that had better stay with one key. */
  readonly affinity?: string;
}

/**
 * Which ready seat serves next: an index over the ready seats, not a scan of all.
 *
 * The pool calls `add` when a seat becomes ready, `remove` when it stops being so, and `update`
 * after its in-flight count or load went up or down; never `add` twice, nor `remove` or `update`
 * for a seat that is not in. Load also falls by itself as time passes, without an `update`.
 */
export interface Selector {
  add(seat: Seat): void;
  remove(seat: Seat): void;
  update(seat: Seat): void;
  /**
   * The seat to try: one that is in, or `undefined` when none will do. Must not change anything. Where
   * the seat cannot serve this very call the pool removes it, asks again, and adds it back later.
   */
  next(request: SelectorRequest): Seat | undefined;
  /** The seat that `next` named was leased: the place to move a turn on or to bind an affinity. */
  leased?(seat: Seat, request: SelectorRequest): void;
  /**
   * The seat left the pool for good, after `remove` where it was in and before another gets its
   * index: forget what is kept of it.
   */
  forget?(seat: Seat): void;
  /**
   * An empty selector of the same kind. The pool keeps one selector for each model class, so one
   * without `fork` serves pools of a single class only.
   */
  fork?(): Selector;
  /**
   * Whether `next` names a seat whenever one is in: then the pool need not ask where only one seat can
   * serve a call. @defaultValue false
   */
  readonly neverDeclines?: boolean;
  /** Whether calls of one `affinity` should also stay with one key of a seat that has several. */
  readonly keepsAffinity?: boolean;
}
