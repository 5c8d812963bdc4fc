import type { Seat } from './selector.js';

/**
 * Seats in the order of their index. Finding the first at or after an index costs the same however
 * many are missing in between: a bitmap of the indices, and above it bitmaps of its non-empty words.
 */
export class OrderedSeats {
  readonly #seats: (Seat | undefined)[] = [];
  /** Bit i of a level says whether word i of the level below is non-empty. The top is one word. */
  readonly #levels: number[][] = [[0]];

  add(seat: Seat): void {
    this.#seats[seat.index] = seat;
    while (seat.index >= WORD_BITS ** this.#levels.length) this.#grow();
    let bit = seat.index;
    for (const words of this.#levels) {
      const place = bit >>> WORD_SHIFT;
      while (words.length <= place) words.push(0);
      words[place] = (words[place] ?? 0) | (1 << (bit & WORD_MASK));
      bit = place;
    }
  }

  delete(seat: Seat): void {
    this.#seats[seat.index] = undefined;
    let bit = seat.index;
    for (const words of this.#levels) {
      const place = bit >>> WORD_SHIFT;
      const left = (words[place] ?? 0) & ~(1 << (bit & WORD_MASK));
      words[place] = left;
      if (left !== 0) return;
      bit = place;
    }
  }

  /** The first seat whose index is `index` or more. */
  from(index: number): Seat | undefined {
    let bit = index;
    for (let level = 0; level < this.#levels.length; level += 1) {
      const place = bit >>> WORD_SHIFT;
      const word = this.#word(level, place) & (-1 << (bit & WORD_MASK));
      if (word !== 0) return this.#lowest(level, place * WORD_BITS + lowestBit(word));
      bit = place + 1;
    }
    return undefined;
  }

  /** The first seat under one bit of a level. */
  #lowest(startLevel: number, startBit: number): Seat | undefined {
    let bit = startBit;
    for (let level = startLevel - 1; level >= 0; level -= 1) {
      bit = bit * WORD_BITS + lowestBit(this.#word(level, bit));
    }
    return this.#seats[bit];
  }

  #word(level: number, place: number): number {
    return this.#levels[level]?.[place] ?? 0;
  }

  #grow(): void {
    const top = this.#word(this.#levels.length - 1, 0);
    this.#levels.push([top === 0 ? 0 : 1]);
  }
}

const WORD_BITS = 32;
const WORD_SHIFT = 5;
const WORD_MASK = 31;

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
