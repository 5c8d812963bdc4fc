/** One controller for questions that were asked at the same instant. */
export interface SharedAbort {
  readonly controller: AbortController;
  /** Questions that were given it, and those of them that are not over. */
  asked: number;
  open: number;
  /** Whether one of them is over without its answer. */
  isAbandoned: boolean;
}

/**
 * What aborts questions. Those of one instant are late at one instant, so some of them share a controller:
 * to make one for each is a tenth of what it costs to ask.
 */
export class SharedAborts {
  readonly #mostSharing: number;
  #latest: SharedAbort | undefined;
  #askedAt: number | undefined;

  constructor(mostSharing: number) {
    this.#mostSharing = mostSharing;
  }

  /** For a question that is asked `now`. */
  join(now: number): SharedAbort {
    const latest = now === this.#askedAt ? this.#latest : undefined;
    const isFull = latest === undefined || latest.asked >= this.#mostSharing;
    const shared = isFull ? newAbort() : latest;
    this.#latest = shared;
    this.#askedAt = now;
    shared.asked += 1;
    shared.open += 1;
    return shared;
  }

  /** A question is over. One that nobody awaits any more is aborted with the last of those that share. */
  leave(shared: SharedAbort, isAbandoned: boolean): void {
    shared.open -= 1;
    if (isAbandoned) shared.isAbandoned = true;
    if (shared.open > 0) return;
    // Kept no longer: what probes left on its signal may hold keys.
    if (this.#latest === shared) this.#latest = undefined;
    if (shared.isAbandoned) shared.controller.abort();
  }
}

function newAbort(): SharedAbort {
  return { controller: new AbortController(), asked: 0, open: 0, isAbandoned: false };
}
