import type { CooldownScope, CooldownView } from '../key/key.js';

/** The first guess, and the longest. */
const FIRST_GUESS_MS = 1_000;
const LONGEST_GUESS_MS = 60_000;

/** A rest on record. */
export interface Cooldown extends CooldownView {
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
  /** When the call was sent whose answer this is; the present for a caller's own decision. */
  readonly sentAt: number;
  /** The stated wait; without it, the wait is guessed. */
  readonly statedMs?: number | undefined;
  /** The caller's own decision: nobody is sent to ask whether it holds. */
  readonly isFirm?: boolean;
}

/**
 * One thing's rest: a key's, a group's for one model class, or the host's. It only grows, except on
 * newer evidence. A rest that was guessed, or that is longer than the pool obeys unasked, ends with
 * one call that asks, not with a stampede.
 */
export class CooldownRecord {
  readonly #maxStatedWaitMs: number;
  readonly #random: () => number;
  #current: Cooldown | undefined;
  #isProbed = false;

  constructor(maxStatedWaitMs: number, random: () => number) {
    this.#maxStatedWaitMs = maxStatedWaitMs;
    this.#random = random;
  }

  /** The rest on record, also while a probe is asking; `undefined` when there is none. */
  get current(): Cooldown | undefined {
    return this.#current;
  }

  /** When a call may be sent, in epoch milliseconds: `Infinity` while a probe is on its way. */
  openAt(now: number): number {
    const current = this.#current;
    if (current === undefined) return now;
    if (now < current.probeAt) return current.probeAt;
    return this.#isProbed ? Infinity : now;
  }

  /** Whether a call sent now would be the one that asks. Drops a stated rest that is over. */
  isHalfOpen(now: number): boolean {
    const current = this.#current;
    if (current === undefined || now < current.probeAt) return false;
    if (current.source === 'guessed' || now < current.until) return true;
    this.clear();
    return false;
  }

  /** The call that asks is out, or it is over without an answer. */
  probe(isOut: boolean): void {
    this.#isProbed = isOut;
  }

  /** Puts a rest on record, or makes it longer. Returns it. */
  add(request: CooldownRequest, now: number): Cooldown {
    const { scope, reason, sentAt, statedMs, isFirm = false } = request;
    const earlier = this.#current;
    const isNewer = earlier === undefined || sentAt > earlier.evidenceAt;
    // Calls sent before the present rest were bound to fail alike: they can only make it longer.
    const atLeast = isNewer ? 0 : earlier.until;
    if (statedMs === undefined && !isNewer) return earlier;
    const untilStated = now + (statedMs ?? 0);
    if (earlier !== undefined && !isNewer && untilStated <= earlier.until) return earlier;
    this.#isProbed = false;
    const strikes = statedMs === undefined ? (earlier?.strikes ?? 0) + 1 : 0;
    const until = Math.max(now + (statedMs ?? this.#guess(strikes)), atLeast);
    const probeAt = isFirm ? until : Math.min(until, now + this.#maxStatedWaitMs);
    const source = statedMs === undefined ? 'guessed' : 'stated';
    this.#current = { scope, until, probeAt, reason, source, evidenceAt: now, strikes };
    return this.#current;
  }

  /** A call sent at `sentAt` came back well. Returns whether that ended a rest. */
  succeeded(sentAt: number): boolean {
    const current = this.#current;
    if (current === undefined || sentAt <= current.evidenceAt) return false;
    // A stated rest ends early only if the call was the one sent to ask.
    if (current.source === 'stated' && !this.#isProbed) return false;
    this.clear();
    return true;
  }

  /** Takes over a longer rest of what turned out to be the same thing. */
  absorb(other: CooldownRecord): void {
    const theirs = other.#current;
    if (theirs === undefined || theirs.until <= (this.#current?.until ?? 0)) return;
    this.#current = theirs;
    this.#isProbed = false;
  }

  clear(): void {
    this.#current = undefined;
    this.#isProbed = false;
  }

  /** Doubles with each strike, with jitter of up to a fifth so that processes do not return as one. */
  #guess(strikes: number): number {
    const guess = Math.min(LONGEST_GUESS_MS, FIRST_GUESS_MS * 2 ** (strikes - 1));
    return guess * (0.8 + 0.2 * this.#random());
  }
}
