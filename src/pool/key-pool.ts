import { checkKey } from '../core/check-key.js';
import { eraseSecret } from '../core/erase-secret.js';
import {
  type Attempt,
  InvalidOptionError,
  PoolClosedError,
  UnknownKeyError,
} from '../core/errors.js';
import type { Explanation } from '../core/explanation.js';
import * as check from '../core/options.js';
import type { KeyAccess, KeyOptions, KeyView } from '../key/key.js';
import type { RotationOutcome } from '../rotation/rotation-store.js';
import type { SpendNews } from '../spend/spend-pool.js';
import { Announcer } from './announcer.js';
import {
  type AcquireRequest,
  type Call,
  callOf,
  checkRequest,
  checkWait,
  PLAIN_CALL,
  PLAIN_REQUEST,
} from './call.js';
import { Departures } from './departures.js';
import { Dispatcher } from './dispatcher.js';
import { checkEvent, type PoolEvents } from './events.js';
import type { KeyRecord } from './key-record.js';
import type { Lease, PoolLease } from './lease.js';
import { loadedFor } from './loaded-for.js';
import { type KeyPoolOptions, resolveOptions, type Settings } from './options.js';
import type { Replacer } from './replacer.js';
import { Roster } from './roster.js';
import { Rotations } from './rotations.js';
import { type Runner, type RunRequest, runWithPool } from './run.js';
import { sleep } from './sleep.js';
import { sumSpend } from './spend-totals.js';
import { countStates, type PoolStats } from './stats.js';
import { viewOf } from './views.js';

/**
 * Hands out the best of many API keys for a call, and never more calls than the limits it knows
 * allow. It learns those from responses, lets callers wait fairly, and rests what was refused.
 *
 * @throws InvalidOptionError from the constructor, which starts no timer and does no I/O
 */
export class KeyPool implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #announce: Announcer;
  readonly #roster: Roster;
  readonly #departures: Departures;
  readonly #dispatcher: Dispatcher;
  readonly #rotations: Rotations | undefined;
  readonly #runner: Runner;
  #closing: Promise<void> | undefined;
  /** Ends pauses of `run` when the pool closes. */
  readonly #closed = new AbortController();

  constructor(options: KeyPoolOptions = {}) {
    const settings = resolveOptions(options);
    const now = () => this.#now();
    const onChange = () => this.#dispatcher.changedAll(now());
    const viewOf = (record: KeyRecord) => this.#view(record);
    const announce = new Announcer(settings.logger);
    const roster = new Roster(settings, viewOf);
    const departures = new Departures({ roster, announce, now, onChange });
    this.#settings = settings;
    this.#announce = announce;
    this.#roster = roster;
    this.#departures = departures;
    this.#dispatcher = new Dispatcher({
      settings,
      roster,
      announce,
      now,
      viewOf,
      onReleased: (record) => departures.released(record),
      replacer: settings.store === undefined ? undefined : this.#replacer(),
    });
    this.#runner = this.#newRunner();
    const { keys, store } = settings;
    if (store === undefined) {
      const taken = new Set(keys.flatMap((key) => key?.id ?? []));
      for (const [index, key] of keys.entries()) roster.add(`keys[${index}]`, key, 0, taken);
    } else {
      // They go to the store, and come back from it.
      for (const [index, key] of keys.entries()) checkKey(`keys[${index}]`, key);
      const retire = (record: KeyRecord) => departures.leave(record, true);
      const parts = { store, roster, announce, now, onChange, retire };
      this.#rotations = new Rotations({ ...settings, ...parts });
    }
  }

  /**
   * Resolves once the pool can serve: when its store is loaded; at once where it has none. `acquire`
   * waits for it, `tryAcquire` does not. Rejects with the store's error; the next call tries again.
   */
  async ready(): Promise<void> {
    this.#assertOpen();
    await this.#rotations?.ready();
  }

  /**
   * Leases the best key that can serve now, or `undefined`: not now. Never waits.
   * @throws CostExceedsLimitError, UnknownKeyError, PoolClosedError: what waiting cannot mend
   * @throws InvalidOptionError for a request that is not one
   */
  tryAcquire(request: AcquireRequest = PLAIN_REQUEST): Lease | undefined {
    const call = this.#call(request);
    const now = this.#now();
    const lease = this.#dispatcher.tryLease(call, now);
    if (lease !== undefined) return lease;
    const excess = this.#roster.lanes.of(call.modelClass, now).excessOf(call);
    if (excess !== undefined) throw excess;
    return undefined;
  }

  /**
   * Leases the best key as soon as one can serve: higher priority first, then first come, first
   * served. Rejects with the signal's own reason when aborted.
   * @throws AcquireTimeoutError after `maxWaitMs`; QueueFullError; NoKeyAvailableError when no wait
   * would help; CostExceedsLimitError, UnknownKeyError, PoolClosedError, InvalidOptionError
   */
  acquire(request: AcquireRequest = PLAIN_REQUEST): Promise<Lease> {
    return this.#acquire(request, []);
  }

  /**
   * Leases a key, calls `call` with it, observes what that returns if it is a response, releases,
   * and moves on to another key where that can help. What `call` throws is passed on untouched.
   * The lease ends when `call` does: a stream is to be read inside it.
   * @returns what `call` returned for a good answer, or for a failure that is the caller's own
   * @throws AttemptsExhaustedError, NoKeyAvailableError or AcquireTimeoutError, with the `trail` of what
   * was tried; the other errors of `acquire`
   */
  async run<Result>(
    request: RunRequest,
    call: (lease: Lease) => Result | Promise<Result>,
  ): Promise<Result> {
    return runWithPool(this.#runner, request, call);
  }

  /**
   * Lets a key rest until `untilMs` (epoch ms), or for `forMs`.
   * @throws UnknownKeyError, InvalidOptionError
   */
  cooldown(id: string, rest: CooldownRest): void {
    const record = this.#record(id);
    const now = this.#now();
    const { untilMs, forMs, reason = 'by hand' } = check.record('rest', rest);
    const statedMs =
      untilMs === undefined
        ? check.nonNegative('rest.forMs', forMs)
        : Math.max(0, check.finite('rest.untilMs', untilMs) - now);
    // Reasons are shown and logged; a caller may quote an answer that quotes the key.
    const words = eraseSecret(check.nonEmptyString('rest.reason', reason), record.secret.reveal());
    const request = { reason: words, sentAt: 0, statedMs, isFirm: true };
    const cooldown = record.ensureRest().add({ scope: 'key', ...request }, now);
    // Who waits may have to wait less, too: a new rest ends the slow start after an older one.
    this.#refreshKey(record);
    this.#announce.cooled(record, cooldown, '');
  }

  /**
   * When a call could first be served, in epoch milliseconds: now or earlier when it can be at once,
   * `undefined` when nothing known tells. For a gateway's own Retry-After.
   */
  earliestAvailability(request: AcquireRequest = PLAIN_REQUEST): number | undefined {
    const call = this.#call(request);
    const readyAt = this.#dispatcher.readyAt(call, this.#now());
    return readyAt === Infinity ? undefined : readyAt;
  }

  /** Why the request can or cannot be served now, key by key. */
  explain(request: AcquireRequest = PLAIN_REQUEST): Explanation {
    const call = this.#call(request);
    return this.#dispatcher.explain(call, this.#now());
  }

  /** Frozen copies of what is known of each key, never secrets. */
  keys(): readonly KeyView[] {
    const now = this.#now();
    return Object.freeze([...this.#roster.keys()].map((key) => viewOf(key, this.#roster, now)));
  }

  /** One key with its secret, for what is no call; `undefined` where there is none of that id. */
  key(id: string): KeyAccess | undefined {
    const record = this.#roster.get(id);
    if (record === undefined) return undefined;
    return Object.freeze({ view: this.#view(record), secret: record.secret });
  }

  /** Shows what a key has spent in its view, in `stats()` and by events: `SpendChecker` calls it. */
  recordSpend(id: string, { spend, overBudget, unseen = 0 }: SpendNews): void {
    const record = this.#roster.get(id);
    if (record === undefined) return;
    if (spend !== undefined) {
      record.spend = spend;
      this.#announce.spendChecked(record, spend);
    }
    if (overBudget !== undefined) this.#announce.overBudget(record, overBudget, unseen);
  }

  stats(): PoolStats {
    const now = this.#now();
    return Object.freeze({
      keys: this.#roster.size,
      ...countStates(this.#roster, now),
      inFlight: this.#dispatcher.inFlight,
      waiting: this.#dispatcher.waiting,
      leased: this.#dispatcher.leased,
      spend: sumSpend(this.#roster),
    });
  }

  /**
   * Adds a key. Returns its view.
   * @throws InvalidOptionError, and the pool is as it was
   */
  addKey(key: KeyOptions): KeyView {
    this.#assertOpen();
    const now = this.#now();
    const record = this.#roster.add('key', key, now);
    this.#announce.keyAdded(record);
    this.#dispatcher.changedAll(now);
    return this.#view(record);
  }

  /**
   * Takes a key out. It leases no further call; with `drain` (the default) it leaves once its last
   * lease is released, and the promise resolves then. A store keeps the key: what replaces it there
   * comes to this pool again.
   * @throws UnknownKeyError
   */
  async removeKey(id: string, { drain = true }: { readonly drain?: boolean } = {}): Promise<void> {
    await this.#departures.leave(this.#record(id), drain);
  }

  /**
   * Replaces a key by a backup of the store, for good. Running calls finish; where there is no backup,
   * or no store, the key is parked, and replaced as soon as there is one.
   * @throws UnknownKeyError where there is no store; what a store throws, and then it is tried again
   */
  async rotate(id: string, options: { readonly reason?: string } = {}): Promise<RotationOutcome> {
    check.nonEmptyString('id', id);
    const { reason = 'by hand' } = check.record('options', options);
    const stated = check.nonEmptyString('options.reason', reason);
    this.#assertOpen();
    // Once it is loaded, a rotation begins at once: close() waits for it.
    if (this.#rotations?.isLoaded === false) {
      await this.ready();
      this.#assertOpen();
    }
    const known = this.#roster.get(id);
    const words = known === undefined ? stated : eraseSecret(stated, known.secret.reveal());
    if (this.#rotations !== undefined) return this.#rotations.rotate(id, words);
    const record = this.#record(id);
    record.exhausted = words;
    this.#refreshKey(record);
    this.#announce.exhausted(record, words);
    return { outcome: 'no-backup' };
  }

  /** Takes a key out of service until `enable`. @throws UnknownKeyError */
  disable(id: string): void {
    const record = this.#record(id);
    record.isDisabled = true;
    this.#refreshKey(record);
  }

  /**
   * Brings a key back: lifts its rests, its host's included, and whatever took it out. A store forgets
   * that the key waits for a backup, if it can.
   * @throws UnknownKeyError
   */
  enable(id: string): void {
    const record = this.#record(id);
    const wasExhausted = record.exhausted !== undefined;
    this.#rotations?.forgive(record);
    record.isDisabled = false;
    record.trust();
    record.askAgainAt = undefined;
    const hadRest = this.#roster.liftRests(record) || wasExhausted;
    this.#dispatcher.trustHost(record, this.#now());
    this.#refreshKey(record);
    if (hadRest) this.#announce.recovered(record, 'key');
  }

  /** Calls `listener` at every such event. Returns what ends that. @throws InvalidOptionError */
  on<Name extends keyof PoolEvents>(
    event: Name,
    listener: (payload: PoolEvents[Name]) => unknown,
  ): () => void {
    checkEvent(event);
    if (typeof listener !== 'function') {
      throw new InvalidOptionError('listener', 'a function', listener);
    }
    return this.#announce.events.on(event, listener);
  }

  /** Calls the listener no more, however often it was given. */
  off<Name extends keyof PoolEvents>(
    event: Name,
    listener: (payload: PoolEvents[Name]) => unknown,
  ): void {
    this.#announce.events.off(event, listener);
  }

  /**
   * Ends the pool: callers that wait are rejected with PoolClosedError, no further lease is given,
   * and the promise resolves when the last lease is released or has expired, and rotations under way
   * are over. Nothing runs afterwards.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // Not `async` all the way down: each such function costs a caller that waits one more promise.
  #acquire(
    request: AcquireRequest,
    trail: readonly Attempt[],
    excluded?: ReadonlySet<string>,
  ): Promise<PoolLease> {
    try {
      this.#assertOpen();
      checkWait(request);
      request.signal?.throwIfAborted();
      const leased =
        this.#rotations?.isLoaded === false
          ? this.#leaseOnceLoaded(this.#rotations, request, trail, excluded)
          : this.#lease(request, trail, excluded);
      return leased instanceof Promise ? leased : Promise.resolve(leased);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #leaseOnceLoaded(
    rotations: Rotations,
    request: AcquireRequest,
    trail: readonly Attempt[],
    excluded: ReadonlySet<string> | undefined,
  ): Promise<PoolLease> {
    await loadedFor(request, () => rotations.ready(), this.#settings.clock, this.#closed.signal);
    request.signal?.throwIfAborted();
    return this.#lease(request, trail, excluded);
  }

  #lease(
    request: AcquireRequest,
    trail: readonly Attempt[],
    excluded: ReadonlySet<string> | undefined,
  ): PoolLease | Promise<PoolLease> {
    const call = this.#call(request, excluded);
    return this.#dispatcher.lease(call, trail, this.#now());
  }

  async #close(): Promise<void> {
    this.#closed.abort(new PoolClosedError());
    const { inFlight } = this.#dispatcher;
    if (inFlight > 0)
      this.#settings.logger.info({ inFlight }, 'The pool closes after its last lease');
    await this.#dispatcher.close();
    await this.#rotations?.close();
    await this.#closeRecorder();
    this.#announce.events.clear();
  }

  #newRunner(): Runner {
    const { clock, provider, random } = this.#settings;
    return {
      acquire: (request, excluded, trail) => this.#acquire(request, trail, excluded),
      now: () => this.#now(),
      random,
      sleep: (ms, signal) => sleep(clock, ms, [this.#closed.signal, signal]),
      readUsage: (body) => provider.readUsage(body),
      keysSharingLimits: (id) => this.#roster.get(id)?.group.keys.map((key) => key.id) ?? [id],
      hasOther: (request, excluded) => this.#hasOther(request, excluded),
      earliest: (request) => this.#dispatcher.readyAt(callOf(request, provider), this.#now()),
    };
  }

  #replacer(): Replacer {
    return {
      replace: (record, reason) => {
        if (this.#closing !== undefined) return;
        // What comes of it is announced there.
        this.#rotations?.rotate(record.id, reason).catch(() => undefined);
      },
      forgive: (record) => this.#rotations?.forgive(record),
    };
  }

  /** It is not the pool's own: if it fails, the pool is closed all the same. */
  async #closeRecorder(): Promise<void> {
    try {
      await this.#settings.recorder?.close();
    } catch (error) {
      this.#settings.logger.error({ error }, 'The recorder failed to close');
    }
  }

  #refreshKey(record: KeyRecord): void {
    const now = this.#now();
    this.#roster.refresh(record.group, now);
    this.#dispatcher.changedAll(now);
  }

  #call(request: AcquireRequest, excluded?: ReadonlySet<string>): Call {
    this.#assertOpen();
    if (request === PLAIN_REQUEST && excluded === undefined) return PLAIN_CALL;
    check.record('request', request);
    checkRequest(request);
    if (request.key !== undefined) this.#record(request.key);
    return callOf(request, this.#settings.provider, excluded);
  }

  #hasOther(request: AcquireRequest, excluded: ReadonlySet<string>): boolean {
    const call = this.#call(request, excluded);
    return this.#roster.lanes.of(call.modelClass, this.#now()).canServe(call);
  }

  #view(record: KeyRecord): KeyView {
    return viewOf(record, this.#roster, this.#now());
  }

  #record(id: string): KeyRecord {
    const record = this.#roster.get(id);
    if (record === undefined) throw new UnknownKeyError(id, this.#roster.isSecret(id));
    return record;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new PoolClosedError();
  }

  /** The clock is read once a call; selectors see the same instant. */
  #now(): number {
    const now = this.#settings.clock.now();
    this.#roster.present.now = now;
    return now;
  }
}

/** How long a key rests: one of the two. */
export interface CooldownRest {
  /** Epoch milliseconds. */
  readonly untilMs?: number;
  readonly forMs?: number;
  /** @defaultValue 'by hand' */
  readonly reason?: string;
}
