import type { CooldownScope, CooldownView, Dimension } from '../key/key.js';
import { Ramp } from './ramp.js';

/** The first guess, and the longest. */
const FIRST_GUESS_MS = 1_000;
const LONGEST_GUESS_MS = 60_000;
/** After a shorter rest not much can have piled up. */
const RAMP_FROM_MS = 1_500;

/** A rest on record. */
export interface Cooldown extends CooldownView {
  /** When the rest began that this one prolongs. */
  readonly since: number;
  /** The caller's own decision. */
  readonly isFirm: boolean;
  /** When the pool heard of it: calls sent later are newer evidence. */
  readonly evidenceAt: number;
  /** From when on one call may ask whether the rest still holds; `until` at the latest. */
  readonly probeAt: number;
  /** Guesses in a row. */
  readonly strikes: number;
}

export interface CooldownRequest {
  readonly scope: CooldownScope;
  readonly reason: string;
  readonly dimension?: Dimension | undefined;
  /** When the call was sent whose answer this is; 0 for a caller's own decision. */
  readonly sentAt: number;
  /** The stated wait; without it, the wait is guessed. */
  readonly statedMs?: number | undefined;
  /** The caller's own decision: nobody is sent to ask whether it holds. */
  readonly isFirm?: boolean;
}

export interface CooldownOptions {
  readonly maxStatedWaitMs: number;
  /** Numbers in [0, 1) for jitter. */
  readonly random: () => number;
  /** Whether a limiter paces the calls that come after: two brakes would mislead each other. */
  readonly isPaced?: boolean;
}

/** A call's part in the end of a rest: it asks whether the rest holds, or is one of few after it. */
export interface Ticket {
  readonly rest: CooldownRecord;
  /** The rest that the call asks about; `undefined` for one that is only among the first. */
  readonly asksAbout: Cooldown | undefined;
  readonly ramp: Ramp | undefined;
}

export const NO_TICKETS: readonly Ticket[] = [];

/**
 * One thing's rest: a key's, a group's or the host's. It only grows, except on newer evidence. A rest
 * that was guessed, or that is longer than the pool obeys unasked, ends with one call that asks; and
 * after any but a short one calls go out a few at first, not as a stampede.
 */
export class CooldownRecord {
  readonly #options: CooldownOptions;
  #current: Cooldown | undefined;
  /** The call that asks. */
  #probe: Ticket | undefined;
  #ramp: Ramp | undefined;

  constructor(options: CooldownOptions) {
    this.#options = options;
  }

  /** The rest on record, also while a probe is asking; `undefined` when there is none. */
  get current(): Cooldown | undefined {
    return this.#current;
  }

  /** Whether nothing rests and nothing has just recovered. */
  get isIdle(): boolean {
    return this.#current === undefined && this.#ramp === undefined;
  }

  /** Whether it keeps nobody back any more, though perhaps nobody came to end it. */
  isOver(now: number): boolean {
    const until = this.#currentAt(now)?.until ?? now;
    return until <= now && this.openAt(now) <= now;
  }

  /** Whether a call is on its way that asks whether the rest still holds. */
  get isAskedAbout(): boolean {
    return this.#probe !== undefined;
  }

  /**
   * When a call may be sent, in epoch milliseconds: `Infinity` while a probe is on its way. A stated
   * rest that is over ends here, at the first look.
   */
  openAt(now: number): number {
    const current = this.#currentAt(now);
    if (current === undefined) return this.#ramp === undefined ? now : this.#rampOpenAt(now);
    if (now < current.probeAt) return current.probeAt;
    return this.#probe === undefined ? now : Infinity;
  }

  /** A call goes out, which `openAt` allowed. What it returns is given back with `leave`. */
  enter(now: number): Ticket | undefined {
    const asksAbout = this.#currentAt(now);
    if (asksAbout !== undefined) {
      this.#probe = { rest: this, asksAbout, ramp: undefined };
      return this.#probe;
    }
    const ramp = this.#ramp;
    if (ramp === undefined) return undefined;
    ramp.enter();
    return { rest: this, asksAbout, ramp };
  }

  /** The call of the ticket is answered or over. */
  leave(ticket: Ticket, isGood: boolean, now: number): void {
    ticket.ramp?.leave(isGood);
    if (ticket !== this.#probe) return;
    this.#probe = undefined;
    const current = this.#current;
    if (isGood || current === undefined || current !== ticket.asksAbout) return;
    // It brought no answer: the next one is not sent at once.
    this.#current = { ...current, probeAt: now + FIRST_GUESS_MS };
  }

  /** Puts a rest on record, or makes it longer. Returns it. */
  add(request: CooldownRequest, now: number): Cooldown {
    const { scope, reason, dimension, sentAt, statedMs, isFirm = false } = request;
    const earlier = this.#current;
    const isNewer = earlier === undefined || sentAt > earlier.evidenceAt;
    // Calls sent before the present rest were bound to fail alike: they can only make it longer.
    if (!isNewer && (statedMs === undefined || now + statedMs <= earlier.until)) return earlier;
    const strikes = statedMs === undefined ? (earlier?.strikes ?? 0) + 1 : 0;
    const until = now + (statedMs ?? this.#guess(strikes));
    const probeAt = isFirm ? until : Math.min(until, now + this.#options.maxStatedWaitMs);
    this.#probe = undefined;
    this.#ramp = undefined;
    this.#current = {
      scope,
      until,
      probeAt,
      reason,
      source: statedMs === undefined ? 'guessed' : 'stated',
      since: earlier?.since ?? now,
      isFirm,
      evidenceAt: now,
      strikes,
      ...(dimension === undefined ? {} : { dimension }),
    };
    return this.#current;
  }

  /** A call sent at `sentAt` came back well. Returns whether that ended a rest. */
  succeeded(sentAt: number, now: number): boolean {
    const current = this.#current;
    if (current === undefined || sentAt <= current.evidenceAt) return false;
    // A stated rest ends early only if the call was the one sent to ask.
    if (current.source === 'stated' && this.#probe === undefined) return false;
    this.#end(current, now);
    return true;
  }

  /** Takes over a longer rest of what turned out to be the same thing. */
  absorb(other: CooldownRecord): void {
    const theirs = other.#current;
    if (theirs === undefined || theirs.until <= (this.#current?.until ?? 0)) return;
    this.#current = theirs;
    this.#probe = undefined;
  }

  clear(): void {
    this.#current = undefined;
    this.#probe = undefined;
    this.#ramp = undefined;
  }

  /** The rest at an instant: a stated one that is over makes way for a few calls at first. */
  #currentAt(now: number): Cooldown | undefined {
    const current = this.#current;
    const isOver = current?.source === 'stated' && now >= current.until;
    if (!isOver) return current;
    this.#end(current, current.until);
    return undefined;
  }

  #rampOpenAt(now: number): number {
    const openAt = this.#ramp?.openAt(now) ?? now;
    if (this.#ramp?.isOver(now) === true) this.#ramp = undefined;
    return openAt;
  }

  #end({ since }: Cooldown, now: number): void {
    this.clear();
    if (this.#options.isPaced !== true && now - since >= RAMP_FROM_MS) this.#ramp = new Ramp(now);
  }

  /** Doubles with each strike, with jitter of up to a fifth so that processes do not return as one. */
  #guess(strikes: number): number {
    const guess = Math.min(LONGEST_GUESS_MS, FIRST_GUESS_MS * 2 ** (strikes - 1));
    return Math.ceil(guess * (0.8 + 0.2 * this.#options.random()));
  }
}
