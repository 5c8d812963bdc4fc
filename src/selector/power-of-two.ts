import { checkNames } from '../core/known-names.js';
import type { Seat, Selector } from './selector.js';

export interface PowerOfTwoOptions {
  /** Numbers from 0 up to, not including, 1. @defaultValue Math.random */
  readonly random?: () => number;
}

const OPTION_NAMES = { random: true } satisfies Record<keyof PowerOfTwoOptions, true>;

/**
 * The better of two ready seats drawn at random: the lower load, then the fewer leases out. Nearly
 * as even as `leastLoaded()`, and several processes that share keys do not all flock to one seat.
 */
export function powerOfTwo(options: PowerOfTwoOptions = {}): Selector {
  checkNames('options', options, OPTION_NAMES);
  const { random = Math.random } = options;
  return new PowerOfTwo(random);
}

class PowerOfTwo implements Selector {
  readonly neverDeclines = true;
  readonly #random: () => number;
  /** The ready seats without gaps, in any order. */
  readonly #ready: Seat[] = [];
  /** By seat index, its place in `#ready`. */
  readonly #places: number[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  add(seat: Seat): void {
    this.#places[seat.index] = this.#ready.length;
    this.#ready.push(seat);
  }

  remove(seat: Seat): void {
    const place = this.#places[seat.index];
    const last = this.#ready.pop();
    if (place === undefined || last === undefined || last === seat) return;
    this.#ready[place] = last;
    this.#places[last.index] = place;
  }

  update(): void {}

  next(): Seat | undefined {
    const count = this.#ready.length;
    if (count < 2) return this.#ready[0];
    const one = this.#draw(count);
    const skip = this.#draw(count - 1);
    const a = this.#ready[one];
    const b = this.#ready[skip < one ? skip : skip + 1];
    if (a === undefined || b === undefined) return a ?? b ?? this.#ready[0];
    return isBetter(b, a) ? b : a;
  }

  fork(): Selector {
    return new PowerOfTwo(this.#random);
  }

  #draw(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

function isBetter(a: Seat, b: Seat): boolean {
  const loadA = a.load;
  const loadB = b.load;
  return loadA === loadB ? a.inFlight < b.inFlight : loadA < loadB;
}
