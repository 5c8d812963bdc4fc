/** What every ratio is taken to: the least that handing out a key can cost. */
export interface BareLease {
  readonly index: number;
  readonly reserved: number;
}

/**
 * Keys in turn, each under one limit of requests and one of tokens, with the state of all in one
 * array of numbers (GCRA: a limit is the time at which it would be whole again). No waiting, no
 * learning, no events, no checks.
 */
export class BareScan {
  readonly #keys: number;
  readonly #state: Float64Array;
  #turn = 0;

  constructor(keys: number, limit: number) {
    this.#keys = keys;
    this.#state = new Float64Array(keys * RECORD);
    for (let at = 0; at < this.#state.length; at += RECORD) {
      this.#state[at + MS_PER_REQUEST] = WINDOW_MS / limit;
      this.#state[at + MS_PER_TOKEN] = WINDOW_MS / limit;
    }
  }

  /** Reads the clock once. */
  acquire(tokens: number): BareLease | undefined {
    const now = performance.now();
    let index = this.#turn;
    for (let looked = 0; looked < this.#keys; looked += 1) {
      const next = index + 1 === this.#keys ? 0 : index + 1;
      if (this.#admit(index * RECORD, tokens, now)) {
        this.#turn = next;
        return { index, reserved: tokens };
      }
      index = next;
    }
    return undefined;
  }

  release({ index, reserved }: BareLease, used: number): void {
    const at = index * RECORD;
    this.#add(at + IN_FLIGHT, -1);
    this.#add(at + TOKENS_WHOLE_AT, this.#read(at + MS_PER_TOKEN) * (used - reserved));
  }

  #admit(at: number, tokens: number, now: number): boolean {
    const latest = now + WINDOW_MS;
    const requests = Math.max(this.#read(at), now) + this.#read(at + MS_PER_REQUEST);
    if (requests > latest) return false;
    const wholeAt = Math.max(this.#read(at + TOKENS_WHOLE_AT), now);
    const spent = wholeAt + this.#read(at + MS_PER_TOKEN) * tokens;
    if (spent > latest) return false;
    this.#state[at] = requests;
    this.#state[at + TOKENS_WHOLE_AT] = spent;
    this.#add(at + IN_FLIGHT, 1);
    return true;
  }

  #read(place: number): number {
    return this.#state[place] ?? 0;
  }

  #add(place: number, amount: number): void {
    this.#state[place] = this.#read(place) + amount;
  }
}

const WINDOW_MS = 60_000;

// One key's fields, in one cache line: when its requests are whole again comes first.
const RECORD = 8;
const TOKENS_WHOLE_AT = 1;
const MS_PER_REQUEST = 2;
const MS_PER_TOKEN = 3;
const IN_FLIGHT = 4;
