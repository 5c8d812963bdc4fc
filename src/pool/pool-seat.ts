import { type HeapItem, OUT } from '../core/heap.js';
import type { KeyView } from '../key/key.js';
import { MINIMAL } from '../limiter/dimensions.js';
import type { QuotaLimiter, QuotaReservation } from '../limiter/quota-limiter.js';
import type { Seat } from '../selector/selector.js';
import type { Call } from './call.js';
import { type CooldownOptions, CooldownRecord, NO_TICKETS, type Ticket } from './cooldowns.js';
import { giveBack } from './give-back.js';
import type { Group, KeyRecord } from './key-record.js';

/** What all seats of a lane have in common. */
export interface SeatContext {
  readonly newLimiter: (group: Group) => QuotaLimiter;
  /** How a key rests; and how a group does, whose limits pace the calls that come after. */
  readonly resting: CooldownOptions;
  readonly pacedResting: CooldownOptions;
  readonly host: CooldownRecord;
  readonly present: { readonly now: number };
  readonly viewOf: (key: KeyRecord) => KeyView;
}

/** A group's place in a lane: its limits for the lane's model class, and whose turn it is. */
export class PoolSeat implements Seat, HeapItem {
  readonly index: number;
  readonly group: Group;
  /** Whether the selector may offer it. */
  isReady = false;
  /** Whether it is in its lane still. */
  isIn = true;
  /** While parked: when it is worth looking again, in epoch milliseconds. */
  wakeAt = Infinity;
  heapPlace = OUT;
  readonly #context: SeatContext;
  #limiter: QuotaLimiter | undefined;
  #rest: CooldownRecord | undefined;
  /** Rests of single keys in this model class. */
  #keyRests: WeakMap<KeyRecord, CooldownRecord> | undefined;
  #turn = 0;

  constructor(index: number, group: Group, context: SeatContext) {
    this.index = index;
    this.group = group;
    this.#context = context;
  }

  /** Made at the first need: of many thousand keys most may never be called for a model. */
  get limiter(): QuotaLimiter {
    this.#limiter ??= this.#context.newLimiter(this.group);
    return this.#limiter;
  }

  /** The group's rest in this model class, if there ever was one. */
  get rest(): CooldownRecord | undefined {
    return this.#rest;
  }

  /** The same, made at the first need. */
  ensureRest(): CooldownRecord {
    this.#rest ??= new CooldownRecord(this.#context.pacedResting);
    return this.#rest;
  }

  /** Whether it knows nothing that would be missed: what was learned long ago is soon learned again. */
  isForgettable(now: number): boolean {
    if (this.#rest?.isOver(now) === false) return false;
    for (const key of this.group.keys) if (this.restOf(key)?.isOver(now) === false) return false;
    return this.#limiter === undefined || this.#limiter.isForgettable(now);
  }

  get id(): string {
    return this.group.name;
  }

  get weight(): number {
    let weight = 0;
    for (const key of this.group.keys) weight += key.isServing ? (key.details.weight ?? 1) : 0;
    return weight;
  }

  get tier(): number {
    let tier = Infinity;
    for (const key of this.group.keys) {
      if (key.isServing) tier = Math.min(tier, key.details.tier ?? 0);
    }
    return tier === Infinity ? 0 : tier;
  }

  get inFlight(): number {
    return this.#limiter === undefined ? 0 : this.#limiter.inFlight;
  }

  get load(): number {
    return this.#limiter === undefined ? 0 : this.#limiter.load(this.#context.present.now);
  }

  views(): readonly KeyView[] {
    const { now } = this.#context.present;
    const open = this.group.keys.filter((key) => key.isServing && this.#keyOpenAt(key, now) <= now);
    return open.map(this.#context.viewOf);
  }

  /** When the seat could serve the call, by all that is known; `Infinity` when nothing tells. */
  readyAt(call: Call, now: number): number {
    const keysAt = this.#keysOpenAt(now, call);
    if (keysAt === Infinity) return Infinity;
    return Math.max(keysAt, this.#restsUntil(now), this.limiter.readyAt(call.cost, now));
  }

  /** When the smallest call could be served: a seat that cannot serve even that is parked. */
  openAt(now: number): number {
    const keysAt = this.#keysOpenAt(now);
    if (keysAt === Infinity) return Infinity;
    return Math.max(keysAt, this.#restsUntil(now), this.#limitsOpenAt(now));
  }

  /** Leases a key whose turn it is, or `undefined` when none can serve this call now. */
  take(call: Call, order: number, now: number, affinity?: string): SeatLease | undefined {
    if (this.#restsUntil(now) > now) return undefined;
    const { keys } = this.group;
    const index = this.#nextIndex(call, now, affinity);
    const key = keys[index];
    if (key === undefined) return undefined;
    const reservation = this.limiter.tryTake(call.cost, now, order);
    if (reservation === undefined) return undefined;
    if (keys.length > 1) this.#turn = (index + 1) % keys.length;
    return { seat: this, key, reservation, tickets: this.#enter(key, now) };
  }

  /** Whether the smallest call could be served right after that lease. */
  hasMoreAfter({ reservation, tickets }: SeatLease): boolean {
    return tickets.length === 0 && reservation.limiter.hasMoreRoom;
  }

  /** Whether a key of it may serve the call, now or after a rest. */
  hasEligible(call: Call): boolean {
    for (const key of this.group.keys) if (isEligible(key, call)) return true;
    return false;
  }

  /** The same, and a key that is being replaced counts: it will have a successor. */
  canServe(call: Call): boolean {
    for (const key of this.group.keys) if (key.isRotating || isEligible(key, call)) return true;
    return false;
  }

  /** Nobody will use what was given away. */
  takeBack({ reservation, tickets }: SeatLease, now: number): void {
    giveBack(reservation, now);
    reservation.limiter.release(reservation, now);
    for (const ticket of tickets) ticket.rest.leave(ticket, false, now);
  }

  /** When the smallest call could be served with this key, the host aside. */
  openAtFor(key: KeyRecord, now: number): number {
    const restsUntil = Math.max(this.#keyOpenAt(key, now), this.#restsUntil(now));
    return Math.max(restsUntil, this.#limitsOpenAt(now));
  }

  /** The key's rest in this model class, if there ever was one. */
  restOf(key: KeyRecord): CooldownRecord | undefined {
    return this.#keyRests?.get(key);
  }

  /** The same, made at the first need. */
  ensureRestOf(key: KeyRecord): CooldownRecord {
    const known = this.restOf(key);
    if (known !== undefined) return known;
    const rest = new CooldownRecord(this.#context.resting);
    this.#keyRests ??= new WeakMap();
    this.#keyRests.set(key, rest);
    return rest;
  }

  /** All rests that keep the key from serving this model class. */
  everyRestOf(key: KeyRecord): readonly CooldownRecord[] {
    const rests = [key.rest, this.restOf(key), this.#rest, this.group.rest, this.#context.host];
    return rests.filter((rest) => rest !== undefined);
  }

  #enter(key: KeyRecord, now: number): readonly Ticket[] {
    const isFree =
      this.#keyRests === undefined &&
      isIdle(key.rest) &&
      isIdle(this.#rest) &&
      isIdle(this.group.rest) &&
      this.#context.host.isIdle;
    // Hardly ever does anything rest: no list is made for nothing.
    if (isFree) return NO_TICKETS;
    return this.everyRestOf(key)
      .map((rest) => rest.enter(now))
      .filter((ticket) => ticket !== undefined);
  }

  /** When its limits allow the smallest call: at once, while it was never called. */
  #limitsOpenAt(now: number): number {
    return this.#limiter === undefined ? now : this.#limiter.readyAt(MINIMAL, now);
  }

  #restsUntil(now: number): number {
    return Math.max(openAt(this.#rest, now), openAt(this.group.rest, now));
  }

  #keyOpenAt(key: KeyRecord, now: number): number {
    const { rest, askAgainAt } = key;
    const own = this.restOf(key);
    if (rest === undefined && askAgainAt === undefined && own === undefined) return now;
    return Math.max(openAt(rest, now), openAt(own, now), askAgainAt ?? now);
  }

  /** Place of the key whose turn it is among the group's; −1 where none can serve. */
  #nextIndex(call: Call, now: number, affinity: string | undefined): number {
    const { keys } = this.group;
    const start = affinity === undefined ? this.#turn : placeOf(affinity, keys.length);
    for (let step = 0; step < keys.length; step += 1) {
      // Keys may have left since the turn was noted.
      const index = (start + step) % keys.length;
      const key = keys[index];
      if (key === undefined || !isEligible(key, call)) continue;
      if (this.#keyOpenAt(key, now) > now) continue;
      return index;
    }
    return -1;
  }

  /** When the first of its keys may serve the call, or any. */
  #keysOpenAt(now: number, call?: Call): number {
    let first = Infinity;
    for (const key of this.group.keys) {
      if (!(call === undefined ? key.isServing : isEligible(key, call))) continue;
      first = Math.min(first, this.#keyOpenAt(key, now));
      if (first <= now) return now;
    }
    return first;
  }
}

/** What a seat gave away. */
export interface SeatLease {
  readonly seat: PoolSeat;
  readonly key: KeyRecord;
  readonly reservation: QuotaReservation;
  /** Its part in rests that are ending. */
  readonly tickets: readonly Ticket[];
}

function openAt(rest: CooldownRecord | undefined, now: number): number {
  return rest === undefined ? now : rest.openAt(now);
}

function isIdle(rest: CooldownRecord | undefined): boolean {
  return rest === undefined || rest.isIdle;
}

/** Whether the key may serve the request, now or after a rest. */
function isEligible(key: KeyRecord, { request, excluded }: Call): boolean {
  if (!key.isServing) return false;
  if (request.key !== undefined && key.id !== request.key) return false;
  return excluded === undefined || !excluded.has(key.id);
}

/** FNV-1a: the same affinity starts at the same key, while the group keeps its keys. */
function placeOf(affinity: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < affinity.length; index += 1) {
    hash = Math.imul(hash ^ affinity.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % Math.max(1, count);
}
