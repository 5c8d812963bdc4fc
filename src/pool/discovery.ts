import type { Group } from './key-record.js';

/**
 * Guards the discovery of groups. A key whose organisation is still unknown may share the limits of
 * a group just found, and its calls on the way are not counted there yet: until each such call came
 * back, the found groups may have a few calls in flight only.
 */
export class Discovery {
  readonly #restrain: (group: Group, isRestrained: boolean, now: number) => void;
  readonly #restrained = new Set<Group>();
  /** Leases out of keys that are not placed. */
  #unplaced = 0;

  constructor(restrain: (group: Group, isRestrained: boolean, now: number) => void) {
    this.#restrain = restrain;
  }

  unplaced(change: number, now: number): void {
    this.#unplaced += change;
    if (this.#unplaced > 0) return;
    for (const group of this.#restrained) this.#restrain(group, false, now);
    this.#restrained.clear();
  }

  found(group: Group, now: number): void {
    if (this.#unplaced === 0 || this.#restrained.has(group)) return;
    this.#restrained.add(group);
    this.#restrain(group, true, now);
  }
}
