/** Marks closer than this share of the limit are kept as one, which bounds their number. */
const RESOLUTION = 1 / 256;

/**
 * How close to full a level came since a given call: the most that a refund to that call may give
 * back. A refund beyond it would return what a full bucket had already thrown away.
 *
 * A monotone list: each mark holds the smallest headroom seen by the calls up to its `order`, and
 * headrooms grow from the first mark to the last, so the first mark at or after a call answers for it.
 */
export class HeadroomMarks {
  readonly #orders: number[] = [];
  readonly #headrooms: number[] = [];

  /** Notes the headroom that the call `order` found before it took its cost. */
  note(order: number, headroom: number, limit: number): void {
    while (this.#headrooms.length > 0 && (this.#headrooms.at(-1) ?? 0) >= headroom) {
      this.#headrooms.pop();
      this.#orders.pop();
    }
    const last = this.#headrooms.length - 1;
    const below = this.#headrooms[last];
    // Too close to tell apart: let the lower mark, the careful one, answer for this call too.
    if (below !== undefined && headroom - below < limit * RESOLUTION) {
      this.#orders[last] = order;
      return;
    }
    this.#orders.push(order);
    this.#headrooms.push(headroom);
  }

  /** The smallest headroom found by calls after `order`; `Infinity` when there were none. */
  smallestSince(order: number): number {
    return this.#headrooms[this.#firstAfter(order)] ?? Infinity;
  }

  /** A refund to the call `order` means that every later call had that much less headroom. */
  lowerSince(order: number, amount: number): void {
    const first = this.#firstAfter(order);
    for (let index = first; index < this.#headrooms.length; index += 1) {
      this.#headrooms[index] = (this.#headrooms[index] ?? 0) - amount;
    }
    this.#dropDominated(first);
  }

  /** Keeps the list growing: an earlier mark above a later one says nothing any more. */
  #dropDominated(from: number): void {
    const lowered = this.#headrooms[from];
    if (lowered === undefined) return;
    let start = from;
    while (start > 0 && (this.#headrooms[start - 1] ?? 0) >= lowered) start -= 1;
    this.#headrooms.splice(start, from - start);
    this.#orders.splice(start, from - start);
  }

  #firstAfter(order: number): number {
    let low = 0;
    let high = this.#orders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#orders[middle] ?? 0) > order) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
