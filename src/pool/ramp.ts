/** Calls in flight at first; each good answer allows one more, which doubles them every round. */
const FIRST = 2;
/** From so many on, the way is free. */
const ENOUGH = 32;
const LONGEST_MS = 30_000;

/**
 * The time after a rest: all that piled up would otherwise come down at once on what has just
 * recovered (slow start, as in TCP: RFC 5681).
 */
export class Ramp {
  readonly #endsAt: number;
  #allowed = FIRST;
  #inFlight = 0;

  constructor(now: number) {
    this.#endsAt = now + LONGEST_MS;
  }

  openAt(now: number): number {
    return this.isOver(now) || this.#inFlight < this.#allowed ? now : this.#endsAt;
  }

  isOver(now: number): boolean {
    return this.#allowed >= ENOUGH || now >= this.#endsAt;
  }

  enter(): void {
    this.#inFlight += 1;
  }

  leave(isGood: boolean): void {
    this.#inFlight -= 1;
    if (isGood) this.#allowed += 1;
  }
}
