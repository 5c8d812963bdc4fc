import type { KeyOptions } from '../key/key.js';
import type { CooldownOptions } from './cooldowns.js';
import { Group, type GroupOptions } from './key-record.js';
import type { Settings } from './options.js';
import { copyOf, type SharedPlans } from './shared-plans.js';

/** The pool's quota groups by name: declared, discovered, or of one key of which nothing is known. */
export class Groups {
  readonly #settings: Settings;
  readonly #plans: SharedPlans;
  readonly #resting: CooldownOptions;
  /** Of groups that state no limits. */
  readonly #defaults: GroupOptions;
  readonly #byName = new Map<string, Group>();

  constructor(settings: Settings, plans: SharedPlans, resting: CooldownOptions) {
    this.#settings = settings;
    this.#plans = plans;
    this.#resting = resting;
    this.#defaults = { limits: plans.shared(settings.limits), modelLimits: {} };
  }

  all(): IterableIterator<Group> {
    return this.#byName.values();
  }

  /** The group of a key to come. `isInUse`: calls may have been counted by the limits it has. */
  for(path: string, keyId: string, options: KeyOptions, isInUse: boolean): Group {
    const { limits, group: declared } = options;
    const modelLimits = this.#byClass(options.modelLimits);
    const stated = {
      ...(limits === undefined ? {} : { limits: this.#plans.shared(limits) }),
      ...(modelLimits === undefined ? {} : { modelLimits }),
    };
    const known = declared === undefined ? undefined : this.named(declared);
    if (known !== undefined) {
      known.state(path, stated, isInUse);
      return known;
    }
    const name = this.#freeName(declared ?? keyId);
    const group = new Group(name, this.#defaults, stated, this.#resting);
    this.#byName.set(name, group);
    return group;
  }

  /**
   * The group that was declared or discovered under this name. A key of which nothing is known is a
   * group of its own under its id: where that happens to be the name, it takes another.
   */
  named(name: string): Group | undefined {
    const found = this.#byName.get(name);
    if (found === undefined || found.keys.every((key) => key.isPlaced)) return found;
    this.rename(found, this.#freeName(name));
    return undefined;
  }

  rename(group: Group, name: string): void {
    this.delete(group);
    group.name = name;
    this.#byName.set(name, group);
  }

  delete(group: Group): void {
    this.#byName.delete(group.name);
  }

  /** A model's name states the limits of its class. */
  #byClass(modelLimits: KeyOptions['modelLimits']): KeyOptions['modelLimits'] {
    if (modelLimits === undefined) return undefined;
    const { provider } = this.#settings;
    const byClass = Object.entries(modelLimits).map(([model, limits]) => [
      provider.modelClass(model),
      copyOf(limits),
    ]);
    return Object.fromEntries(byClass);
  }

  #freeName(name: string): string {
    let free = name;
    for (let suffix = 2; this.#byName.has(free); suffix += 1) free = `${name}#${suffix}`;
    return free;
  }
}
