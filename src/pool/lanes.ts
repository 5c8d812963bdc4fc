import { InvalidOptionError } from '../core/errors.js';
import type { Selector } from '../selector/selector.js';
import type { Group } from './key-record.js';
import { Lane } from './lane.js';
import type { SeatContext } from './pool-seat.js';

/** So many lanes are kept, however long nobody asks for their models. */
const LANES_KEPT = 16;
/** How long a lane is kept beyond those, and how often it is asked whether it can go. */
const UNUSED_MS = 3_600_000;
const ASKED_EVERY_MS = 60_000;

export interface LanesOptions {
  /** The pool's: each lane has a fork of it. */
  readonly selector: Selector;
  readonly groups: () => Iterable<Group>;
  readonly groupOf: (keyId: string) => Group | undefined;
  readonly seatContext: (modelClass: string) => SeatContext;
}

/** The pool's lanes, one for each model class that is called. */
export class Lanes implements Iterable<Lane> {
  readonly #options: LanesOptions;
  readonly #byClass = new Map<string, Lane>();
  /** Mostly the next call is for the same model. */
  #latest: Lane | undefined;
  #forgetsAt = 0;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byClass.size;
  }

  [Symbol.iterator](): IterableIterator<Lane> {
    return this.#byClass.values();
  }

  /** The model class's lane, made at its first call. */
  of(modelClass: string, now: number): Lane {
    if (this.#latest?.modelClass === modelClass) return this.#latest;
    if (this.#latest !== undefined) this.#latest.usedAt = now;
    this.#latest = this.#byClass.get(modelClass) ?? this.#newLane(modelClass, now);
    return this.#latest;
  }

  #newLane(modelClass: string, now: number): Lane {
    this.#forget(now);
    const { groups, groupOf, seatContext } = this.#options;
    const selector = this.#newSelector();
    const context = seatContext(modelClass);
    const lane = new Lane({ modelClass, selector, context, groupOf });
    this.#byClass.set(modelClass, lane);
    for (const group of groups()) lane.add(group, now);
    return lane;
  }

  /**
   * Names of models come from callers: those that nobody calls any more are let go, once nothing is in
   * use of their limits. A model that is called again is learned anew.
   */
  #forget(now: number): void {
    if (this.#byClass.size < LANES_KEPT || now < this.#forgetsAt) return;
    this.#forgetsAt = now + ASKED_EVERY_MS;
    for (const [modelClass, lane] of this.#byClass) {
      if (now - lane.usedAt < UNUSED_MS || lane === this.#latest) continue;
      if (lane.isForgettable(now)) this.#byClass.delete(modelClass);
    }
  }

  #newSelector(): Selector {
    const { selector } = this.#options;
    if (selector.fork !== undefined) return selector.fork();
    if (this.#byClass.size === 0) return selector;
    throw new InvalidOptionError(
      'selector.fork',
      'a function, to serve a second model class',
      undefined,
    );
  }
}
