/** Calls back when a signal aborts: one listener per signal, however many wait on it. */
export class AbortWatch {
  readonly #watched = new Map<AbortSignal, Watched>();

  add(signal: AbortSignal, onAbort: () => void): void {
    const known = this.#watched.get(signal);
    if (known !== undefined) {
      known.callbacks.add(onAbort);
      return;
    }
    const callbacks = new Set([onAbort]);
    const listener = () => {
      this.#watched.delete(signal);
      for (const callback of callbacks) callback();
    };
    this.#watched.set(signal, { callbacks, listener });
    signal.addEventListener('abort', listener, { once: true });
  }

  delete(signal: AbortSignal, onAbort: () => void): void {
    const known = this.#watched.get(signal);
    if (known === undefined) return;
    known.callbacks.delete(onAbort);
    if (known.callbacks.size > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener('abort', known.listener);
  }
}

interface Watched {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}
