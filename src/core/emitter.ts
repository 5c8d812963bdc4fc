import EventEmitter from 'eventemitter3';

type Listener<Payload> = (payload: Payload) => unknown;

/**
 * Typed events, delivered one by one behind a guard: a listener that throws, or whose promise
 * rejects, harms neither the emitter nor the other listeners, and goes to `onListenerError`.
 */
export class Emitter<Events extends object> {
  readonly #emitter = new EventEmitter();
  /** Whether nobody listens to anything: the answer for most pools, and many times faster to give. */
  #isSilent = true;
  readonly #onListenerError: (error: unknown, event: string) => void;

  constructor(onListenerError: (error: unknown, event: string) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Returns what ends this registration, and no other of the same listener. */
  on<Name extends keyof Events & string>(
    event: Name,
    listener: Listener<Events[Name]>,
  ): () => void {
    const registration = {};
    this.#emitter.on(event, listener, registration);
    this.#isSilent = false;
    return () => this.#remove(event, listener, registration);
  }

  /** Ends every registration of the listener. */
  off<Name extends keyof Events & string>(event: Name, listener: Listener<Events[Name]>): void {
    this.#remove(event, listener);
  }

  /** Ask first where a payload costs something to build. */
  has(event: keyof Events & string): boolean {
    return !this.#isSilent && this.#emitter.listenerCount(event) > 0;
  }

  emit<Name extends keyof Events & string>(event: Name, payload: Events[Name]): void {
    // eventemitter3 stops at the first listener that throws, so each is called from here.
    for (const listener of this.#emitter.listeners(event)) {
      this.#guard(() => listener(payload), event);
    }
  }

  clear(): void {
    this.#emitter.removeAllListeners();
    this.#isSilent = true;
  }

  #remove<Name extends keyof Events & string>(
    event: Name,
    listener: Listener<Events[Name]>,
    registration?: object,
  ): void {
    this.#emitter.off(event, listener, registration);
    this.#isSilent = this.#emitter.eventNames().length === 0;
  }

  #guard(call: () => unknown, event: string): void {
    try {
      const result = call();
      if (isThenable(result)) {
        result.then(undefined, (error: unknown) => this.#onListenerError(error, event));
      }
    } catch (error) {
      this.#onListenerError(error, event);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
