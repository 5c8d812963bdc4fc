/** Node warns of a leak where a signal has more than 10 listeners: a probe may add two, as for two requests. */
const MOST_SHARING = 5;

/**
 * Abort controllers for questions. What is asked at one instant is late at one instant, and shares one:
 * to make a controller each is a tenth of what it costs to ask.
 */
export class SharedAborts {
  #latest = new AbortController();
  #askedAt: number | undefined;
  #sharing = 0;

  /** For a question that is asked `now`. */
  at(now: number): AbortController {
    if (now !== this.#askedAt || this.#sharing === MOST_SHARING) {
      this.#latest = new AbortController();
      this.#askedAt = now;
      this.#sharing = 0;
    }
    this.#sharing += 1;
    return this.#latest;
  }
}
