import type { KeyView } from '../key/key.js';
import type { Cost } from '../limiter/limiter.js';
import type { QuotaLimiter, QuotaReservation } from '../limiter/quota-limiter.js';
import type { Seat } from '../selector/selector.js';
import type { Call } from './call.js';
import type { CooldownRecord } from './cooldowns.js';
import type { Group, KeyRecord } from './key-record.js';

/** The smallest call there is: a seat that cannot serve it is parked. */
const MINIMAL: Cost = { requests: 1, tokens: 0, inputTokens: 0, outputTokens: 0 };

export interface PoolSeatOptions {
  readonly index: number;
  readonly group: Group;
  readonly limiter: QuotaLimiter;
  readonly cooldown: CooldownRecord;
  readonly host: CooldownRecord;
  readonly present: { readonly now: number };
  readonly viewOf: (key: KeyRecord) => KeyView;
}

/** A group's place in a lane: its limits for the lane's model class, and whose turn it is. */
export class PoolSeat implements Seat {
  readonly index: number;
  readonly group: Group;
  readonly limiter: QuotaLimiter;
  /** The group's rest in this model class. */
  readonly cooldown: CooldownRecord;
  /** Whether the selector may offer it. */
  isReady = false;
  /** While parked: when it is worth looking again, in epoch milliseconds. */
  wakeAt = Infinity;
  readonly #host: CooldownRecord;
  readonly #present: { readonly now: number };
  readonly #viewOf: (key: KeyRecord) => KeyView;
  #turn = 0;

  constructor({ index, group, limiter, cooldown, host, present, viewOf }: PoolSeatOptions) {
    this.index = index;
    this.group = group;
    this.limiter = limiter;
    this.cooldown = cooldown;
    this.#host = host;
    this.#present = present;
    this.#viewOf = viewOf;
  }

  get id(): string {
    return this.group.name;
  }

  get weight(): number {
    let weight = 0;
    for (const key of this.group.keys) weight += key.isServing ? (key.options.weight ?? 1) : 0;
    return weight;
  }

  get tier(): number {
    let tier = Infinity;
    for (const key of this.group.keys) {
      if (key.isServing) tier = Math.min(tier, key.options.tier ?? 0);
    }
    return tier === Infinity ? 0 : tier;
  }

  get inFlight(): number {
    return this.limiter.inFlight;
  }

  get load(): number {
    return this.limiter.load(this.#present.now);
  }

  views(): readonly KeyView[] {
    const now = this.#present.now;
    const open = this.group.keys.filter((key) => key.isServing && key.cooldown.openAt(now) <= now);
    return open.map(this.#viewOf);
  }

  /** When the seat could serve the cost, by all that is known; `Infinity` when nothing tells. */
  readyAt(cost: Cost, now: number, isEligible?: (key: KeyRecord) => boolean): number {
    const keysAt = this.#keysOpenAt(now, isEligible);
    if (keysAt === Infinity) return Infinity;
    const restsUntil = Math.max(this.cooldown.openAt(now), this.#host.openAt(now));
    return Math.max(keysAt, restsUntil, this.limiter.readyAt(cost, now));
  }

  /** When the smallest call could be served. */
  openAt(now: number): number {
    return this.readyAt(MINIMAL, now);
  }

  /** Leases a key whose turn it is, or `undefined` when none can serve this call now. */
  take(call: Call, order: number, now: number, affinity?: string): SeatLease | undefined {
    if (this.cooldown.openAt(now) > now || this.#host.openAt(now) > now) return undefined;
    const key = this.#nextKey(call, now, affinity);
    if (key === undefined) return undefined;
    const reservation = this.limiter.tryTake(call.cost, now, order);
    if (reservation === undefined) return undefined;
    this.#turn = (this.group.keys.indexOf(key) + 1) % this.group.keys.length;
    const probes = [key.cooldown, this.cooldown, this.#host].filter((rest) => rest.isHalfOpen(now));
    for (const rest of probes) rest.probe(true);
    return { seat: this, key, reservation, probes };
  }

  #nextKey({ request }: Call, now: number, affinity: string | undefined): KeyRecord | undefined {
    const { keys } = this.group;
    const start = affinity === undefined ? this.#turn : placeOf(affinity, keys.length);
    for (let step = 0; step < keys.length; step += 1) {
      const index = (start + step) % keys.length;
      const key = keys[index];
      if (key === undefined || !isEligible(key, request) || key.cooldown.openAt(now) > now)
        continue;
      return key;
    }
    return undefined;
  }

  #keysOpenAt(now: number, isEligibleKey: (key: KeyRecord) => boolean = isServing): number {
    let openAt = Infinity;
    for (const key of this.group.keys) {
      if (!isEligibleKey(key)) continue;
      openAt = Math.min(openAt, key.cooldown.openAt(now));
      if (openAt <= now) return now;
    }
    return openAt;
  }
}

/** What a seat gave away. */
export interface SeatLease {
  readonly seat: PoolSeat;
  readonly key: KeyRecord;
  readonly reservation: QuotaReservation;
  /** Rests that this call asks about: whether they still hold. */
  readonly probes: readonly CooldownRecord[];
}

/** Whether the key may serve the request, now or after a rest. */
export function isEligible(key: KeyRecord, { key: pinned, exclude }: Call['request']): boolean {
  if (!key.isServing) return false;
  if (pinned !== undefined && key.id !== pinned) return false;
  return exclude === undefined || !exclude.includes(key.id);
}

function isServing(key: KeyRecord): boolean {
  return key.isServing;
}

/** FNV-1a: the same affinity starts at the same key, while the group keeps its keys. */
function placeOf(affinity: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < affinity.length; index += 1) {
    hash = Math.imul(hash ^ affinity.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % Math.max(1, count);
}
