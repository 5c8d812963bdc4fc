import type { Dimension, LimitKind, Rate } from '../../../src/key/key.js';
import type { ResponseFacts } from '../../../src/limits/limit-update.js';
import type { Provider } from '../../../src/provider/provider.js';
import type { FakeLimits } from '../../../src/testing/fake-provider/options.js';
import type { Shortage, Snapshot } from '../../../src/testing/fake-provider/quota.js';
import type { Random } from '../../../src/testing/fake-provider/random.js';

/** How one provider limits its callers and what it writes of that in its responses. */
export interface SimulatedDialect {
  /** What the pool is told of the provider. */
  readonly provider: () => Provider;
  /** How its limits come back; the first unless the draw is another one of them. */
  readonly kinds: readonly LimitKind[];
  /** The windows its limits count in, in milliseconds; one is drawn. */
  readonly windowsMs: readonly number[];
  /** How many windows a run goes on, at least and at most. */
  readonly runsWindows: readonly [min: number, max: number];
  /** Whether responses name the organisation, so that the pool can find out who shares limits. */
  readonly namesOrganisation: boolean;
  /** Whether output is charged as it is written. */
  readonly isOutputLate: boolean;
  /** Draws what one organisation is allowed. */
  drawLimits(draw: LimitDraw): DrawnLimits;
  /** The headers of every response, but for those that only a refusal has. */
  headers(snapshots: readonly Snapshot[], answer: AnswerFacts): Headers;
  refusal(shortage: Shortage, answer: AnswerFacts): Refusal;
}

export type Headers = Readonly<Record<string, string>>;

/** What a refusal has beside the headers of every response. */
type Refusal = Pick<ResponseFacts, 'status' | 'body'> & { readonly headers: Headers };

export interface AnswerFacts {
  readonly organisation: string;
  /** Epoch milliseconds by the provider's own clock. */
  readonly now: number;
}

/** What the limits are drawn from. */
export interface LimitDraw {
  readonly kind: LimitKind;
  readonly windowMs: number;
  readonly meanInput: number;
  readonly meanOutput: number;
  readonly random: Random;
}

export interface DrawnLimits {
  readonly limits: FakeLimits;
  /** Further limits on the same dimensions, where a provider has two policies. */
  readonly more?: FakeLimits;
  /** What every caller states, whatever else is drawn of what he knows. */
  readonly stated?: FakeLimits;
  /** What was used up before the pool came. */
  readonly usedBefore?: Readonly<Partial<Record<Dimension, number>>>;
}

/**
 * Draws limits of about the same number of calls: any of them may be the one that binds, for a call
 * that takes `perCall` units of it.
 */
export function ratesOf({
  kind,
  windowMs,
  random,
}: LimitDraw): (perCall: number, leastLimit: number) => Rate {
  const callsPerWindow = random.integer([15, 120]);
  return (perCall, leastLimit) => {
    const roomFactor = random.next() < 0.4 ? 1 : 1 + 2 * random.next();
    const limit = Math.max(leastLimit, Math.round(callsPerWindow * perCall * roomFactor));
    return { limit, windowMs, kind };
  };
}

/** Requests and tokens, as most providers of language models have them. */
export function requestsAndTokens(draw: LimitDraw): DrawnLimits {
  const tokensPerCall = draw.meanInput + draw.meanOutput;
  const rate = ratesOf(draw);
  return { limits: { requests: rate(1, 10), tokens: rate(tokensPerCall, 6 * tokensPerCall) } };
}

/** Requests alone. */
export function requestsOnly(draw: LimitDraw): DrawnLimits {
  return { limits: { requests: ratesOf(draw)(1, 10) } };
}

/** `Retry-After` in whole seconds; none for a call that would never fit. */
export function retryAfter({ waitMs }: Shortage): Headers {
  return waitMs === Infinity ? {} : { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
}

/** The response's own date. */
export function dated({ now }: AnswerFacts): Headers {
  return { date: new Date(now).toUTCString() };
}

/** What is left, as providers print it: whole, and never a debt. */
export function whole(level: number): string {
  return String(Math.max(0, Math.floor(level)));
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
