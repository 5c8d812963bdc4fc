import type { Range } from './options.js';

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789';

/** Everything the fake draws: the same seed and the same order of calls give the same draws. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** mulberry32, public domain, by Tommy Ettinger: 0 inclusive to 1 exclusive. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both bounds included. */
  integer([min, max]: Range): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** An identifier as providers write them, such as `req_01Jk…`. */
  id(prefix: string, length = 22): string {
    let id = prefix;
    for (let index = 0; index < length; index += 1) {
      id += alphabet.charAt(Math.floor(this.next() * alphabet.length));
    }
    return id;
  }
}
