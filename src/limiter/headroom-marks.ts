/** Marks closer than this share of the limit are kept as one, which bounds their number. */
const RESOLUTION = 1 / 256;

/**
 * How close to full a level came since a given call: the most that a refund to that call may give
 * back. A refund beyond it would return what a full bucket had already thrown away.
 *
 * A monotone list: each mark holds the smallest headroom seen by the calls up to its `order`, and
 * headrooms grow from the first mark to the last, so the first mark at or after a call answers for it.
 * The last one stands in fields of its own: mostly there is no other.
 */
export class HeadroomMarks {
  /** `NONE` before the first call. */
  #order = NONE;
  #headroom = 0;
  /** The marks before the last; `undefined` until there is one. */
  #earlierOrders: number[] | undefined;
  #earlierHeadrooms: number[] | undefined;

  /** Notes the headroom that the call `order` found before it took its cost. */
  note(order: number, headroom: number, limit: number): void {
    if (headroom > this.#headroom && this.#order !== NONE) {
      // Too close to tell apart: let the lower mark, the careful one, answer for this call too.
      if (headroom - this.#headroom >= limit * RESOLUTION) this.#pushLast();
      else {
        this.#order = order;
        return;
      }
    } else if (this.#earlierHeadrooms !== undefined) {
      const below = this.#dropFrom(this.#earlierHeadrooms, headroom);
      if (below !== undefined && headroom - below < limit * RESOLUTION) {
        this.#popLast();
        this.#order = order;
        return;
      }
    }
    this.#order = order;
    this.#headroom = headroom;
  }

  /** The smallest headroom found by calls after `order`; `Infinity` when there were none. */
  smallestSince(order: number): number {
    const earlier = this.#earlierHeadrooms?.[this.#firstAfter(order)];
    if (earlier !== undefined) return earlier;
    return this.#order > order ? this.#headroom : Infinity;
  }

  /** A refund to the call `order` means that every later call had that much less headroom. */
  lowerSince(order: number, amount: number): void {
    if (this.#order <= order) return;
    this.#headroom -= amount;
    const headrooms = this.#earlierHeadrooms;
    if (headrooms === undefined) return;
    const first = this.#firstAfter(order);
    for (let index = first; index < headrooms.length; index += 1) {
      headrooms[index] = (headrooms[index] ?? 0) - amount;
    }
    this.#dropDominated(first, headrooms[first] ?? this.#headroom);
  }

  #pushLast(): void {
    this.#earlierOrders ??= [];
    this.#earlierHeadrooms ??= [];
    this.#earlierOrders.push(this.#order);
    this.#earlierHeadrooms.push(this.#headroom);
  }

  #popLast(): void {
    this.#earlierOrders?.pop();
    this.#headroom = this.#earlierHeadrooms?.pop() ?? 0;
  }

  /** Drops the last of the earlier marks that are not below `headroom`; returns who is last then. */
  #dropFrom(headrooms: number[], headroom: number): number | undefined {
    let last = headrooms.at(-1);
    while (last !== undefined && last >= headroom) {
      headrooms.pop();
      this.#earlierOrders?.pop();
      last = headrooms.at(-1);
    }
    return last;
  }

  /** Keeps the list growing: an earlier mark above a later one says nothing any more. */
  #dropDominated(from: number, lowered: number): void {
    const headrooms = this.#earlierHeadrooms ?? [];
    let start = from;
    while (start > 0 && (headrooms[start - 1] ?? 0) >= lowered) start -= 1;
    headrooms.splice(start, from - start);
    this.#earlierOrders?.splice(start, from - start);
  }

  /** The place among the earlier marks of the first that answers for calls after `order`. */
  #firstAfter(order: number): number {
    const orders = this.#earlierOrders ?? [];
    let low = 0;
    let high = orders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((orders[middle] ?? 0) > order) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

const NONE = -1;
