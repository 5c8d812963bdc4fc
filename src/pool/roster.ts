import { checkKey } from '../core/check-key.js';
import { InvalidOptionError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { KeyOptions, KeyView } from '../key/key.js';
import { QuotaLimiter } from '../limiter/quota-limiter.js';
import { type Cooldown, type CooldownOptions, CooldownRecord } from './cooldowns.js';
import { Discovery } from './discovery.js';
import { Groups } from './groups.js';
import { type Group, KeyRecord } from './key-record.js';
import { Lanes } from './lanes.js';
import type { Settings } from './options.js';
import type { SeatContext } from './pool-seat.js';
import { SharedPlans } from './shared-plans.js';

/** Who is in the pool: keys, the groups they share limits in, and the lanes these have seats in. */
export class Roster {
  /** The host's rest: every key waits for it. */
  readonly host: CooldownRecord;
  /** The instant of the call at hand, for the loads that selectors look at. */
  readonly present = { now: 0 };
  readonly lanes: Lanes;
  readonly #viewOf: (key: KeyRecord) => KeyView;
  readonly #keys = new Map<string, KeyRecord>();
  readonly #secrets = new Set<string>();
  readonly #groups: Groups;
  readonly #discovery: Discovery;
  /** Keys of which nobody said yet where they belong. */
  readonly #unplaced = new Set<KeyRecord>();
  readonly #resting: CooldownOptions;
  readonly #plans: SharedPlans;
  #added = 0;

  constructor(settings: Settings, viewOf: (key: KeyRecord) => KeyView) {
    const { selector, maxStatedWaitMs, random } = settings;
    this.#viewOf = viewOf;
    this.#resting = { maxStatedWaitMs, random };
    this.host = new CooldownRecord(this.#resting);
    this.#plans = new SharedPlans(settings);
    this.#groups = new Groups(settings, this.#plans, this.#resting);
    this.lanes = new Lanes({
      selector,
      groups: () => this.groups(),
      groupOf: (keyId) => this.#keys.get(keyId)?.group,
      seatContext: (modelClass) => this.#seatContext(modelClass),
    });
    this.#discovery = new Discovery((group, isRestrained, now) => {
      for (const lane of this.lanes) lane.seatOf(group)?.limiter.restrain(isRestrained);
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
    return this.#groups.all();
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
    const group = this.#groups.for(path, id, options, this.lanes.size > 0);
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
    for (const lane of this.lanes) {
      const seat = lane.seatOf(group);
      if (seat !== undefined) lane.reseat(seat, now);
      lane.hasChanged = true;
    }
  }

  /** The host rests or no longer: who waits looks again. */
  hostChanged(): void {
    for (const lane of this.lanes) lane.hasChanged = true;
  }

  /**
   * Ends the rests of the key and of its group that `isMeant`; the host's is another matter. Returns
   * whether there were any.
   */
  liftRests(key: KeyRecord, isMeant: (rest: Cooldown) => boolean = () => true): boolean {
    const rests = [key.rest, key.group.rest];
    for (const lane of this.lanes) {
      const seat = lane.seatOf(key.group);
      rests.push(seat?.rest, seat?.restOf(key));
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

  /** A lease of the key was given out (1) or came back (−1); `now`: unless nobody read the clock. */
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
    const known = this.#groups.named(organisation);
    if (known === undefined) this.#groups.rename(key.group, organisation);
    else if (known !== key.group) this.#merge(key, known, now);
    this.#discovery.found(key.group, this.#unplaced, now);
  }

  #place(key: KeyRecord, now: number): void {
    key.isPlaced = true;
    this.#unplaced.delete(key);
    this.#discovery.placed(key, now);
  }

  /** What the key had in use on its own counts in the group it turns out to belong to. */
  #merge(key: KeyRecord, into: Group, now: number): void {
    const left = key.group;
    for (const lane of this.lanes) {
      const seat = lane.seatOf(left);
      if (seat === undefined) continue;
      const target = lane.seatOf(into) ?? lane.add(into, now);
      target.limiter.absorb(seat.limiter, now);
      if (seat.rest !== undefined) target.ensureRest().absorb(seat.rest);
      const own = seat.restOf(key);
      if (own !== undefined) target.ensureRestOf(key).absorb(own);
    }
    if (left.rest !== undefined) into.ensureRest().absorb(left.rest);
    into.servedAt = latest(into.servedAt, left.servedAt);
    this.#dropGroup(left);
    key.group = into;
    into.add(key);
    this.refresh(into, now);
  }

  #seat(group: Group, now: number): void {
    for (const lane of this.lanes) {
      if (lane.seatOf(group) === undefined) lane.add(group, now);
    }
    this.refresh(group, now);
  }

  #dropGroup(group: Group): void {
    this.#groups.delete(group);
    for (const lane of this.lanes) {
      const seat = lane.seatOf(group);
      if (seat !== undefined) lane.remove(seat);
    }
  }

  #freeId(taken: ReadonlySet<string> = new Set()): string {
    let number = this.#added + 1;
    while (this.#keys.has(`key-${number}`) || taken.has(`key-${number}`)) number += 1;
    return `key-${number}`;
  }

  #seatContext(modelClass: string): SeatContext {
    return {
      newLimiter: (group) => {
        const plan = this.#plans.of(group.limitsOf(modelClass));
        return new QuotaLimiter(plan, this.present.now, plan);
      },
      resting: this.#resting,
      pacedResting: { ...this.#resting, isPaced: true },
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
