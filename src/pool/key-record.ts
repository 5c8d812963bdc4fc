import { InvalidOptionError } from '../core/errors.js';
import { isRecord } from '../core/options.js';
import type { Secret } from '../core/secret.js';
import type { KeyOptions, Limits } from '../key/key.js';
import type { SpendView } from '../spend/spend-probe.js';
import type { CooldownRecord } from './cooldowns.js';

export interface KeyRecordOptions extends Omit<KeyOptions, 'id' | 'secret'> {
  readonly id: string;
  readonly secret: Secret;
}

/** What the pool keeps of one key. */
export class KeyRecord {
  readonly id: string;
  readonly secret: Secret;
  readonly options: KeyRecordOptions;
  readonly cooldown: CooldownRecord;
  /** Whether the caller named the group; else it may yet be discovered. */
  readonly isGroupDeclared: boolean;
  /** Whether it is known who shares this key's limits. */
  isPlaced: boolean;
  group: Group;
  inFlight = 0;
  /** When a lease of it was last given out or came back. */
  usedAt: number | undefined;
  /** What it has spent, where somebody asks. */
  spend: SpendView | undefined;
  isDisabled = false;
  isDraining = false;
  /** A backup has its place: its late answers say nothing of the successor. */
  isReplaced = false;
  /** A backup is about to take its place. */
  isRotating = false;
  /** Its slot in the store; `undefined` for a key that is in none. */
  slot: string | undefined;
  /** Why the provider will not have this key any more; `undefined` while it does. */
  exhausted: string | undefined;
  /** Refusals of the key itself that were only worded, not coded: one more confirms them. */
  unconfirmed = 0;
  /** When the latest of them was answered. */
  unconfirmedAt = -Infinity;
  /** When a call of it last came back well, in epoch milliseconds; `undefined` while none did. */
  servedAt: number | undefined;
  /** Until when others ask first whether an outage is over. */
  askAgainAt = -Infinity;
  /** Since when it is exhausted. */
  exhaustedAt = -Infinity;

  constructor(options: KeyRecordOptions, group: Group, cooldown: CooldownRecord) {
    this.id = options.id;
    this.secret = options.secret;
    this.options = options;
    this.isGroupDeclared = options.group !== undefined;
    this.isPlaced = this.isGroupDeclared;
    this.group = group;
    this.cooldown = cooldown;
  }

  /** Whether it takes part at all; a rest is only a pause. */
  get isServing(): boolean {
    if (this.isDisabled || this.isDraining || this.isRotating) return false;
    return this.exhausted === undefined;
  }
}

export interface GroupOptions {
  readonly limits: Limits;
  readonly modelLimits: Readonly<Record<string, Limits>>;
}

/** Keys that share one set of limits. A key of which nothing is known is a group of its own. */
export class Group {
  /** Changes once at most: from a key's own id to the organisation that headers name. */
  name: string;
  readonly keys: KeyRecord[] = [];
  /** When a call of any of its keys last came back well; `undefined` while none did. */
  servedAt: number | undefined;
  /** The group's rest, for every model. */
  readonly cooldown: CooldownRecord;
  #options: GroupOptions;
  /** Whether a key stated the limits, rather than the pool. */
  #isStated: boolean;

  constructor(
    name: string,
    defaults: GroupOptions,
    stated: Partial<GroupOptions>,
    cooldown: CooldownRecord,
  ) {
    this.name = name;
    this.cooldown = cooldown;
    this.#options = { ...defaults, ...stated };
    this.#isStated = Object.keys(stated).length > 0;
  }

  limitsOf(modelClass: string): Limits {
    const { limits, modelLimits } = this.#options;
    return Object.hasOwn(modelLimits, modelClass)
      ? { ...limits, ...modelLimits[modelClass] }
      : limits;
  }

  /**
   * A further key joins and states limits too: the same ones, since a group has but one set, or the
   * first ones, while no call has been counted yet.
   * @throws InvalidOptionError otherwise
   */
  state(path: string, stated: Partial<GroupOptions>, isInUse: boolean): void {
    const options = { ...this.#options, ...stated };
    if (canonical(options) === canonical(this.#options)) return;
    if (this.#isStated || isInUse) {
      const expected = `the limits that the group "${this.name}" has already`;
      throw new InvalidOptionError(`${path}.limits`, expected, undefined, 'others');
    }
    this.#options = options;
    this.#isStated = true;
  }

  remove(key: KeyRecord): void {
    const index = this.keys.indexOf(key);
    if (index >= 0) this.keys.splice(index, 1);
  }
}

/** The same text for the same values, in whatever order their fields were written. */
function canonical(value: unknown): string {
  if (!isRecord(value)) return JSON.stringify(value) ?? '';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, field]) => `${name}:${canonical(field)}`).join()}}`;
}
