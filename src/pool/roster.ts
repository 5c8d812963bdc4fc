import { checkKey } from '../core/check-key.js';
import { InvalidOptionError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions, KeyView } from '../key/key.js';
import { QuotaLimiter } from '../limiter/quota-limiter.js';
import type { Selector } from '../selector/selector.js';
import { type Cooldown, type CooldownOptions, CooldownRecord } from './cooldowns.js';
import { Discovery } from './discovery.js';
import { Group, type GroupOptions, KeyRecord } from './key-record.js';
import { Lane } from './lane.js';
import type { Settings } from './options.js';
import type { SeatContext } from './pool-seat.js';
import { copyOf, SharedPlans } from './shared-plans.js';

/** So many lanes are kept, however long nobody asks for their models. */
const LANES_KEPT = 16;
/** How long a lane is kept beyond those, and how often it is asked whether it can go. */
const UNUSED_MS = 3_600_000;
const ASKED_EVERY_MS = 60_000;

/** Who is in the pool: keys, the groups they share limits in, and the lanes these have seats in. */
export class Roster {
  /** The host's rest: every key waits for it. */
  readonly host: CooldownRecord;
  /** The instant of the call at hand, for the loads that selectors look at. */
  readonly present = { now: 0 };
  readonly #settings: Settings;
  readonly #viewOf: (key: KeyRecord) => KeyView;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #secrets = new Set<string>();
  readonly #groups = new Map<string, Group>();
  readonly #lanes = new Map<string, Lane>();
  /** Mostly the next call is for the same model. */
  #latestLane: Lane | undefined;
  #forgetsAt = 0;
  readonly #discovery: Discovery;
  /** Keys of which nobody said yet where they belong. */
  readonly #unplaced = new Set<KeyRecord>();
  readonly #resting: CooldownOptions;
  readonly #pacedResting: CooldownOptions;
  /** Of groups that state no limits. */
  readonly #defaults: GroupOptions;
  readonly #plans: SharedPlans;
  #added = 0;

  constructor(settings: Settings, viewOf: (key: KeyRecord) => KeyView) {
    this.#settings = settings;
    this.#plans = new SharedPlans(settings);
    this.#defaults = { limits: this.#plans.own(settings.limits), modelLimits: {} };
    this.#viewOf = viewOf;
    const { maxStatedWaitMs, random } = settings;
    this.#resting = { maxStatedWaitMs, random };
    this.#pacedResting = { ...this.#resting, isPaced: true };
    this.host = new CooldownRecord(this.#resting);
    this.#discovery = new Discovery((group, isRestrained, now) => {
      for (const lane of this.#lanes.values()) lane.seatOf(group)?.limiter.restrain(isRestrained);
      this.refresh(group, now);
    });
  }

  get size(): number {
    return this.#keys.size;
  }

  isSecret(text: string): boolean {
    return this.#secrets.has(text);
  }

  get(id: string): KeyRecord | undefined {
    return this.#keys.get(id);
  }

  keys(): IterableIterator<KeyRecord> {
    return this.#keys.values();
  }

  groups(): IterableIterator<Group> {
    return this.#groups.values();
  }

  lanes(): IterableIterator<Lane> {
    return this.#lanes.values();
  }

  /** The model class's lane, made at its first call. */
  lane(modelClass: string, now: number): Lane {
    if (this.#latestLane?.modelClass === modelClass) return this.#latestLane;
    if (this.#latestLane !== undefined) this.#latestLane.usedAt = now;
    const lane = this.#lanes.get(modelClass) ?? this.#newLane(modelClass, now);
    this.#latestLane = lane;
    return lane;
  }

  #newLane(modelClass: string, now: number): Lane {
    this.#forgetLanes(now);
    const lane = new Lane({
      modelClass,
      selector: this.#newSelector(),
      seats: this.#seatContext(modelClass),
      groupOf: (id) => this.#keys.get(id)?.group,
    });
    this.#lanes.set(modelClass, lane);
    for (const group of this.#groups.values()) lane.add(group, now);
    return lane;
  }

  /**
   * Names of models come from callers: those that nobody calls any more are let go, once nothing is in
   * use of their limits. A model that is called again is learned anew.
   */
  #forgetLanes(now: number): void {
    if (this.#lanes.size < LANES_KEPT || now < this.#forgetsAt) return;
    this.#forgetsAt = now + ASKED_EVERY_MS;
    for (const [modelClass, lane] of this.#lanes) {
      if (now - lane.usedAt < UNUSED_MS || lane === this.#latestLane) continue;
      if (lane.isForgettable(now)) this.#lanes.delete(modelClass);
    }
  }

  /** Checks the key, then adds it: a bad one changes nothing. `taken`: ids that keys to come have. */
  add(path: string, options: KeyOptions, now: number, taken?: ReadonlySet<string>): KeyRecord {
    checkKey(path, options);
    const id = options.id ?? this.#freeId(taken);
    const secret = Secret.from(options.secret);
    if (this.#keys.has(id)) {
      throw new InvalidOptionError(`${path}.id`, 'an id that no other key has', id, `"${id}"`);
    }
    if (this.#secrets.has(secret.reveal())) {
      throw new InvalidOptionError(
        `${path}.secret`,
        'a secret that no other key has',
        undefined,
        'one twice',
      );
    }
    const group = this.#groupFor(path, id, options);
    const key = new KeyRecord(id, secret, options, group, this.#resting);
    this.#added += 1;
    this.#keys.set(id, key);
    this.#secrets.add(secret.reveal());
    group.add(key);
    if (!key.isPlaced) this.#unplaced.add(key);
    this.#seat(group, now);
    return key;
  }

  remove(key: KeyRecord, now: number): void {
    this.#keys.delete(key.id);
    this.#secrets.delete(key.secret.reveal());
    this.#place(key, now);
    key.group.remove(key);
    if (key.group.keys.length > 0) this.refresh(key.group, now);
    else this.#dropGroup(key.group);
  }

  /** A key of the group, or the group itself, can serve again or no longer. */
  refresh(group: Group, now: number): void {
    for (const lane of this.#lanes.values()) {
      const seat = lane.seatOf(group);
      if (seat !== undefined) lane.reseat(seat, now);
      lane.hasChanged = true;
    }
  }

  /** The host rests or no longer: who waits looks again. */
  hostChanged(): void {
    for (const lane of this.#lanes.values()) lane.hasChanged = true;
  }

  /**
   * Ends the rests of the key and of its group that `isMeant`; the host's is another matter. Returns
   * whether there were any.
   */
  liftRests(key: KeyRecord, isMeant: (rest: Cooldown) => boolean = () => true): boolean {
    const rests = [key.rest, key.group.rest];
    for (const lane of this.#lanes.values()) {
      const seat = lane.seatOf(key.group);
      rests.push(seat?.rest, seat?.ownRestOf(key));
    }
    let hadAny = false;
    for (const rest of rests) {
      if (rest?.current === undefined || !isMeant(rest.current)) continue;
      rest.clear();
      hadAny = true;
    }
    return hadAny;
  }

  /** Whether calls are awaited to come back, for what they say of who shares limits. */
  get isSearching(): boolean {
    return this.#discovery.isAwaiting;
  }

  /** A lease of the key was given out (1) or came back (−1); `now` is `undefined` where nobody looked. */
  counted(key: KeyRecord, leases: 1 | -1, now: number | undefined): void {
    key.inFlight += leases;
    key.cameBackSince = now === undefined;
    if (now === undefined) return;
    key.usedAt = now;
    if (leases < 0) this.#discovery.cameBack(key, now);
  }

  /**
   * A response named the organisation of a key whose group nobody declared: the key joins its group.
   * The first name counts: some responses leave the project out of it.
   */
  join(key: KeyRecord, organisation: string, now: number): void {
    if (key.isPlaced || this.#keys.get(key.id) !== key) return;
    this.#place(key, now);
    const known = this.#groupNamed(organisation);
    if (known === undefined) this.#rename(key.group, organisation);
    else if (known !== key.group) this.#merge(key, known, now);
    this.#discovery.found(key.group, this.#unplaced, now);
  }

  #place(key: KeyRecord, now: number): void {
    key.isPlaced = true;
    this.#unplaced.delete(key);
    this.#discovery.placed(key, now);
  }

  #rename(group: Group, name: string): void {
    this.#groups.delete(group.name);
    group.name = name;
    this.#groups.set(name, group);
  }

  /** What the key had in use on its own counts in the group it turns out to belong to. */
  #merge(key: KeyRecord, into: Group, now: number): void {
    const left = key.group;
    for (const lane of this.#lanes.values()) {
      const seat = lane.seatOf(left);
      if (seat === undefined) continue;
      const target = lane.seatOf(into) ?? lane.add(into, now);
      target.limiter.absorb(seat.limiter, now);
      if (seat.rest !== undefined) target.cooldown.absorb(seat.rest);
      const own = seat.ownRestOf(key);
      if (own !== undefined) target.restOf(key).absorb(own);
    }
    if (left.rest !== undefined) into.cooldown.absorb(left.rest);
    into.servedAt = latest(into.servedAt, left.servedAt);
    this.#dropGroup(left);
    key.group = into;
    into.add(key);
    this.refresh(into, now);
  }

  #seat(group: Group, now: number): void {
    for (const lane of this.#lanes.values()) {
      if (lane.seatOf(group) === undefined) lane.add(group, now);
    }
    this.refresh(group, now);
  }

  #dropGroup(group: Group): void {
    this.#groups.delete(group.name);
    for (const lane of this.#lanes.values()) {
      const seat = lane.seatOf(group);
      if (seat !== undefined) lane.remove(seat);
    }
  }

  #groupFor(path: string, id: string, options: KeyOptions): Group {
    const { limits } = options;
    const modelLimits = this.#byClass(options.modelLimits);
    const stated = {
      ...(limits === undefined ? {} : { limits: this.#plans.own(limits) }),
      ...(modelLimits === undefined ? {} : { modelLimits }),
    };
    const found = options.group === undefined ? undefined : this.#groupNamed(options.group);
    if (found !== undefined) {
      found.state(path, stated, this.#lanes.size > 0);
      return found;
    }
    const name = this.#freeName(options.group ?? id);
    const group = new Group(name, this.#defaults, stated, this.#resting);
    this.#groups.set(group.name, group);
    return group;
  }

  /**
   * The group that was declared or discovered under this name. A key of which nothing is known is a
   * group of its own under its id: where that happens to be the name, it takes another.
   */
  #groupNamed(name: string): Group | undefined {
    const found = this.#groups.get(name);
    if (found === undefined || found.keys.every((key) => key.isPlaced)) return found;
    this.#rename(found, this.#freeName(name));
    return undefined;
  }

  /** A model's name states the limits of its class. */
  #byClass(modelLimits: KeyOptions['modelLimits']): KeyOptions['modelLimits'] {
    if (modelLimits === undefined) return undefined;
    const { provider } = this.#settings;
    const byClass = Object.entries(modelLimits).map(([model, each]) => [
      provider.modelClass(model),
      copyOf(each),
    ]);
    return Object.fromEntries(byClass);
  }

  /** A group of one key is named after it, unless a declared group has that name already. */
  #freeName(name: string): string {
    let free = name;
    for (let suffix = 2; this.#groups.has(free); suffix += 1) free = `${name}#${suffix}`;
    return free;
  }

  #freeId(taken: ReadonlySet<string> = new Set()): string {
    let number = this.#added + 1;
    while (this.#keys.has(`key-${number}`) || taken.has(`key-${number}`)) number += 1;
    return `key-${number}`;
  }

  #newSelector(): Selector {
    const { selector } = this.#settings;
    if (selector.fork !== undefined) return selector.fork();
    if (this.#lanes.size === 0) return selector;
    throw new InvalidOptionError(
      'selector.fork',
      'a function, to serve a second model class',
      undefined,
    );
  }

  #seatContext(modelClass: string): SeatContext {
    return {
      newLimiter: (group) => {
        const plan = this.#plans.of(group.limitsOf(modelClass));
        return new QuotaLimiter(plan, this.present.now, plan);
      },
      resting: this.#resting,
      pacedResting: this.#pacedResting,
      host: this.host,
      present: this.present,
      viewOf: this.#viewOf,
    };
  }
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
