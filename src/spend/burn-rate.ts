/** Readings closer to each other than this tell more of the counter's steps than of the burning. */
const CLOSEST_MS = 1_000;
/** The average forgets over so long. */
const MEMORY_MS = 900_000;
/** Nothing spent for so long: idle. */
const IDLE_MS = 3_600_000;

/** How fast money goes, from a meter that was read now and then, since the last reset. */
export class BurnRate {
  #meter: number | undefined;
  #at = 0;
  #roseAt = 0;
  #mean = 0;
  #last = 0;
  #samples = 0;

  /** Per millisecond, on average. */
  get mean(): number {
    return this.#at - this.#roseAt > IDLE_MS ? 0 : this.#mean;
  }

  /** Per millisecond: the larger of the average and the newest sample. */
  get peak(): number {
    return Math.max(this.mean, this.#last);
  }

  get samples(): number {
    return this.#samples;
  }

  /** A reading; `meter` only grows until `restart`. */
  read(meter: number, at: number): void {
    if (this.#meter === undefined) {
      this.#begin(meter, at);
      return;
    }
    const elapsedMs = at - this.#at;
    if (elapsedMs < CLOSEST_MS) return;
    this.#last = Math.max(0, meter - this.#meter) / elapsedMs;
    if (this.#last > 0) this.#roseAt = at;
    const weight = this.#samples === 0 ? 1 : 1 - Math.exp(-elapsedMs / MEMORY_MS);
    this.#mean += weight * (this.#last - this.#mean);
    this.#samples += 1;
    this.#meter = meter;
    this.#at = at;
  }

  /** The meter fell, or is another: what was learned of it is void. */
  restart(): void {
    this.#meter = undefined;
    this.#mean = 0;
    this.#last = 0;
    this.#samples = 0;
  }

  #begin(meter: number, at: number): void {
    this.#meter = meter;
    this.#at = at;
    this.#roseAt = at;
  }
}
