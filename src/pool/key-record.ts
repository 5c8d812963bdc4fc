import { InvalidOptionError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { KeyOptions, Limits } from '../key/key.js';
import type { SpendView } from '../spend/spend-probe.js';
import { canonical } from './canonical.js';
import { type CooldownOptions, CooldownRecord } from './cooldowns.js';

/** What the caller says of a key, for selectors and views. */
export type KeyDetails = Pick<KeyOptions, 'weight' | 'tier' | 'proxyUrl' | 'labels'>;

/** Of most keys nothing is said. */
const NO_DETAILS: KeyDetails = {};

/** What the pool keeps of one key. */
export class KeyRecord {
  readonly id: string;
  readonly secret: Secret;
  readonly details: KeyDetails;
  /** Whether the caller named the group; else it may yet be discovered. */
  readonly isGroupDeclared: boolean;
  /** Whether it is known who shares this key's limits. */
  isPlaced: boolean;
  group: Group;
  inFlight = 0;
  /** When a lease of it was last given out or came back; see `lastUsedAt`. */
  usedAt: number | undefined;
  /** A lease came back since, and nobody read the clock for it. */
  cameBackSince = false;
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
  /** Since when. */
  exhaustedAt: number | undefined;
  /** Refusals of the key itself that were only worded, not coded: one more confirms them. */
  unconfirmed = 0;
  /** When the latest of them was answered. */
  unconfirmedAt: number | undefined;
  /** When a call of it last came back well, in epoch milliseconds; `undefined` while none did. */
  servedAt: number | undefined;
  /** Until when others ask first whether an outage is over; `undefined` where they need not. */
  askAgainAt: number | undefined;
  readonly #resting: CooldownOptions;
  #rest: CooldownRecord | undefined;

  constructor(
    id: string,
    secret: Secret,
    { group: name, weight, tier, proxyUrl, labels }: Omit<KeyOptions, 'id' | 'secret'>,
    group: Group,
    resting: CooldownOptions,
  ) {
    this.id = id;
    this.secret = secret;
    const isPlain = [weight, tier, proxyUrl, labels].every((each) => each === undefined);
    const copied = labels === undefined ? undefined : Object.freeze({ ...labels });
    this.details = isPlain ? NO_DETAILS : detailsOf({ weight, tier, proxyUrl, labels: copied });
    this.isGroupDeclared = name !== undefined;
    this.isPlaced = this.isGroupDeclared;
    this.group = group;
    this.#resting = resting;
  }

  /** Its rest for every model, if there ever was one. */
  get rest(): CooldownRecord | undefined {
    return this.#rest;
  }

  /** The same, made at the first need: most keys never have one. */
  ensureRest(): CooldownRecord {
    this.#rest ??= new CooldownRecord(this.#resting);
    return this.#rest;
  }

  /** `usedAt`, at the latest that it may be: who asks what was spent since must not miss a call. */
  lastUsedAt(now: number): number | undefined {
    if (this.cameBackSince) this.usedAt = now;
    this.cameBackSince = false;
    return this.usedAt;
  }

  /** Whether it takes part at all; a rest is only a pause. */
  get isServing(): boolean {
    if (this.isDisabled || this.isDraining || this.isRotating) return false;
    return this.exhausted === undefined;
  }

  /** The provider will not have it any more. */
  exhaust(reason: string, now: number): void {
    this.exhausted = reason;
    this.exhaustedAt = now;
  }

  /** It is good after all. */
  trust(): void {
    this.exhausted = undefined;
    this.unconfirmed = 0;
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
  keys: KeyRecord[] = [];
  /** When a call of any of its keys last came back well; `undefined` while none did. */
  servedAt: number | undefined;
  #options: GroupOptions;
  /** Whether a key stated the limits, rather than the pool. */
  #isStated: boolean;
  readonly #resting: CooldownOptions;
  #rest: CooldownRecord | undefined;

  constructor(
    name: string,
    defaults: GroupOptions,
    stated: Partial<GroupOptions>,
    resting: CooldownOptions,
  ) {
    this.name = name;
    this.#resting = resting;
    this.#isStated = Object.keys(stated).length > 0;
    this.#options = this.#isStated ? { ...defaults, ...stated } : defaults;
  }

  /** Its rest for every model, if there ever was one. */
  get rest(): CooldownRecord | undefined {
    return this.#rest;
  }

  /** The same, made at the first need. */
  ensureRest(): CooldownRecord {
    this.#rest ??= new CooldownRecord(this.#resting);
    return this.#rest;
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

  add(key: KeyRecord): void {
    // An array that grows from nothing takes room for 17, and most groups have but one key.
    if (this.keys.length === 0) this.keys = [key];
    else this.keys.push(key);
  }

  remove(key: KeyRecord): void {
    const index = this.keys.indexOf(key);
    if (index >= 0) this.keys.splice(index, 1);
  }
}

function detailsOf(
  details: { [Name in keyof KeyDetails]: KeyDetails[Name] | undefined },
): KeyDetails {
  const said = Object.entries(details).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said);
}
