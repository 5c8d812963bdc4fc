import { checkNames } from '../core/known-names.js';
import { methods, positiveInteger } from '../core/options.js';
import { type Linked, RecencyList } from '../core/recency-list.js';
import { SeatTable } from './seat-table.js';
import type { Seat, Selector, SelectorRequest } from './selector.js';

export interface StickyOptions {
  /** Affinities remembered per model class; the least recently used go first. @defaultValue 10_000 */
  readonly maxAffinities?: number;
}

const OPTION_NAMES = { maxAffinities: true } satisfies Record<keyof StickyOptions, true>;

/**
 * Calls of one `affinity` stay with the seat that served the first of them, so that the provider's
 * prompt cache keeps hitting. The tie is soft: while that seat cannot serve, `inner` chooses another
 * for the call, and afterwards the calls return. Calls without affinity go straight to `inner`.
 */
export function sticky(inner: Selector, options: StickyOptions = {}): Selector {
  methods('sticky(inner)', inner, ['next']);
  checkNames('options', options, OPTION_NAMES);
  const { maxAffinities = 10_000 } = options;
  return new Sticky(inner, positiveInteger('maxAffinities', maxAffinities));
}

class Sticky implements Selector {
  readonly keepsAffinity = true;
  readonly neverDeclines: boolean;
  /** There only if `inner` has it. */
  readonly fork?: () => Selector;
  readonly #inner: Selector;
  readonly #maxAffinities: number;
  readonly #table = new SeatTable<Home>();
  readonly #bindings = new Map<string, Binding>();
  readonly #byUse = new RecencyList<Binding>();

  constructor(inner: Selector, maxAffinities: number) {
    this.#inner = inner;
    this.#maxAffinities = maxAffinities;
    this.neverDeclines = inner.neverDeclines ?? false;
    const forkInner = inner.fork?.bind(inner);
    if (forkInner !== undefined) this.fork = () => new Sticky(forkInner(), maxAffinities);
  }

  add(seat: Seat): void {
    this.#inner.add(seat);
    const home = this.#table.get(seat);
    if (home === undefined) this.#table.set(seat, { seat, isReady: true });
    else home.isReady = true;
  }

  remove(seat: Seat): void {
    this.#inner.remove(seat);
    const home = this.#table.get(seat);
    if (home !== undefined) home.isReady = false;
  }

  update(seat: Seat): void {
    this.#inner.update(seat);
  }

  next(request: SelectorRequest): Seat | undefined {
    const home = this.#bindingOf(request)?.home;
    return home?.isReady ? home.seat : this.#inner.next(request);
  }

  leased(seat: Seat, request: SelectorRequest): void {
    const binding = this.#bindingOf(request);
    // Not inner's choice, so no turn of inner's: a busy conversation must not move the turn on.
    if (binding?.home.seat !== seat) this.#inner.leased?.(seat, request);
    if (binding === undefined) this.#bind(request, seat);
    else this.#use(binding, seat);
  }

  // The bindings to the seat find their home empty, and are bound anew or age out.
  forget(seat: Seat): void {
    this.#inner.forget?.(seat);
    const home = this.#table.get(seat);
    if (home === undefined) return;
    this.#table.delete(seat);
    home.seat = undefined;
  }

  #bindingOf({ affinity }: SelectorRequest): Binding | undefined {
    return affinity === undefined ? undefined : this.#bindings.get(affinity);
  }

  #use(binding: Binding, seat: Seat): void {
    this.#byUse.touch(binding);
    if (binding.home.seat === undefined) binding.home = this.#table.get(seat) ?? binding.home;
  }

  #bind({ affinity }: SelectorRequest, seat: Seat): void {
    const home = this.#table.get(seat);
    if (affinity === undefined || home === undefined) return;
    if (this.#bindings.size >= this.#maxAffinities) this.#dropOldest();
    const binding: Binding = { affinity, home, older: undefined, newer: undefined };
    this.#bindings.set(affinity, binding);
    this.#byUse.touch(binding);
  }

  #dropOldest(): void {
    const oldest = this.#byUse.oldest;
    if (oldest === undefined) return;
    this.#byUse.delete(oldest);
    this.#bindings.delete(oldest.affinity);
  }
}

/** A seat as bindings see it. */
interface Home {
  /** `undefined` once it left for good. */
  seat: Seat | undefined;
  isReady: boolean;
}

interface Binding extends Linked<Binding> {
  readonly affinity: string;
  home: Home;
}
