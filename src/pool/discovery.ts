import type { Group, KeyRecord } from './key-record.js';

/**
 * Guards the discovery of groups. A key whose organisation is still unknown may share the limits of
 * a group just found, and its calls then on the way are not counted there: until these came back,
 * the found groups may have a few calls in flight only.
 */
export class Discovery {
  readonly #restrain: (group: Group, isRestrained: boolean, now: number) => void;
  readonly #restrained = new Set<Group>();
  /** Calls still awaited, by key. Later calls of these keys do not count. */
  readonly #awaited = new Map<KeyRecord, number>();

  constructor(restrain: (group: Group, isRestrained: boolean, now: number) => void) {
    this.#restrain = restrain;
  }

  get isAwaiting(): boolean {
    return this.#awaited.size > 0;
  }

  found(group: Group, unplaced: Iterable<KeyRecord>, now: number): void {
    for (const key of unplaced) {
      if (key.inFlight > 0) this.#awaited.set(key, key.inFlight);
    }
    if (this.#awaited.size === 0 || this.#restrained.has(group)) return;
    this.#restrained.add(group);
    this.#restrain(group, true, now);
  }

  /** A call of the key came back. */
  cameBack(key: KeyRecord, now: number): void {
    if (this.#awaited.size === 0) return;
    const calls = this.#awaited.get(key);
    if (calls === undefined) return;
    if (calls > 1) this.#awaited.set(key, calls - 1);
    else this.placed(key, now);
  }

  /** It is known where the key belongs, or it is gone. */
  placed(key: KeyRecord, now: number): void {
    this.#awaited.delete(key);
    if (this.#awaited.size > 0) return;
    for (const group of this.#restrained) this.#restrain(group, false, now);
    this.#restrained.clear();
  }
}
