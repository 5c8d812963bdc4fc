import { describe, expect, it } from 'vitest';
import type { Dimension, Limits } from '../../src/key/key.js';
import { UNKNOWN_IN_FLIGHT } from '../../src/limiter/adaptive-rate.js';
import { QuotaLimiter, type QuotaReservation } from '../../src/limiter/quota-limiter.js';
import { costOf } from '../helpers/cost.js';

const MINUTE = 60_000;
const perMinute = (limit: number) => ({ limit, windowMs: MINUTE });
const aLimiter = (limits: Limits = {}, meteredLate: readonly Dimension[] = []) =>
  new QuotaLimiter({ limits, meteredLate, transitMs: 0 }, 0);

function taken(limiter: QuotaLimiter, usage = {}, now = 0): QuotaReservation {
  const reservation = limiter.tryTake(costOf(usage), now);
  if (reservation === undefined) throw new Error('refused');
  return reservation;
}

/** Takes calls until one is refused; at most 1,000. */
function fill(limiter: QuotaLimiter, usage = {}, now = 0): QuotaReservation[] {
  const all: QuotaReservation[] = [];
  while (all.length < 1_000) {
    const reservation = limiter.tryTake(costOf(usage), now);
    if (reservation === undefined) break;
    all.push(reservation);
  }
  return all;
}

describe('all dimensions or none', () => {
  it('takes nothing of one dimension where another is short', () => {
    const limiter = aLimiter({ requests: perMinute(10), inputTokens: perMinute(100) });
    taken(limiter, { inputTokens: 90 });
    expect(limiter.tryTake(costOf({ inputTokens: 20 }), 0)).toBeUndefined();
    expect(limiter.view(0).requests?.remaining).toBe(9);
    expect(limiter.view(0).inputTokens?.remaining).toBe(10);
    expect(limiter.inFlight).toBe(1);
  });

  it('names the instant at which the last dimension has regained enough', () => {
    const limiter = aLimiter({ requests: perMinute(60), tokens: perMinute(60) });
    taken(limiter, { tokens: 60 });
    const admission = limiter.take(costOf({ tokens: 30 }), 0);
    expect(admission).toEqual({ ok: false, readyAt: 30_000 });
  });

  it('counts input and output together where tokens are limited together', () => {
    const limiter = aLimiter({ tokens: perMinute(100) });
    taken(limiter, { inputTokens: 30, outputTokens: 50 });
    expect(limiter.view(0).tokens?.remaining).toBe(20);
  });

  it('names the dimension and limit that a cost is above of', () => {
    const limiter = aLimiter({ requests: perMinute(10), outputTokens: perMinute(100) });
    expect(limiter.exceeded(costOf({ outputTokens: 101 }))).toEqual({
      dimension: 'outputTokens',
      limit: 100,
    });
    expect(limiter.exceeded(costOf({ outputTokens: 100 }))).toBeUndefined();
    expect(limiter.readyAt(costOf({ outputTokens: 101 }), 0)).toBe(Infinity);
  });
});

describe('unknown limits', () => {
  it('let four calls into flight, and a further one for each that ends', () => {
    const limiter = aLimiter();
    const [first] = fill(limiter);
    expect(limiter.inFlight).toBe(UNKNOWN_IN_FLIGHT);
    expect(limiter.readyAt(costOf({}), 0)).toBe(Infinity);
    if (first !== undefined) limiter.release(first, 0);
    expect(fill(limiter)).toHaveLength(1);
  });

  it('let out all that the first reading allows', () => {
    const limiter = aLimiter();
    const [first] = fill(limiter);
    limiter.learn({ requests: { limit: 50, remaining: 49 } }, 0, first);
    expect(limiter.isGuessing).toBe(false);
    expect(fill(limiter)).toHaveLength(46);
  });

  it('stay unknown after a reading that says nothing', () => {
    const limiter = aLimiter();
    const [first] = fill(limiter);
    limiter.learn({ requests: { limit: 0 } }, 0, first);
    expect(fill(limiter)).toHaveLength(0);
  });

  it('are not made known by a derived reading', () => {
    const limiter = aLimiter();
    const [first] = fill(limiter);
    limiter.learn({ tokens: { limit: 50, remaining: 40, derived: true } }, 0, first);
    expect(limiter.isGuessing).toBe(true);
    expect(limiter.view(0)).toEqual({});
  });

  it('are found by trying where good answers say nothing', () => {
    const limiter = aLimiter();
    for (const call of fill(limiter)) {
      limiter.answered(call, 0);
      limiter.release(call, 0);
    }
    expect(limiter.isGuessing).toBe(false);
    for (const call of fill(limiter)) {
      limiter.answered(call, 0);
      limiter.release(call, 0);
    }
    expect(fill(limiter).length).toBeGreaterThan(UNKNOWN_IN_FLIGHT);
  });

  it('are taken from headers once these come, after all', () => {
    const limiter = aLimiter();
    const [first] = fill(limiter);
    if (first === undefined) throw new Error('refused');
    limiter.answered(first, 0);
    limiter.learn({ requests: { limit: 50, remaining: 40 } }, 0, first);
    limiter.answered(first, 0);
    expect(fill(limiter)).toHaveLength(37);
  });
});

describe('limits that look wrong', () => {
  it('fall back to four in flight after a refusal before they are used up', () => {
    const limiter = aLimiter({ requests: perMinute(100) });
    const first = taken(limiter);
    limiter.refused(first, 0);
    limiter.release(first, 0);
    expect(fill(limiter)).toHaveLength(UNKNOWN_IN_FLIGHT);
  });

  it('are made up for by the next reading', () => {
    const limiter = aLimiter({ requests: perMinute(100) });
    limiter.refused(taken(limiter), 0);
    limiter.learn({ requests: { limit: 30, remaining: 28 } }, 0, taken(limiter));
    expect(fill(limiter)).toHaveLength(28);
  });

  it('are kept as ceilings while the rate is found by trying', () => {
    const limiter = aLimiter({ requests: perMinute(10) });
    const first = taken(limiter);
    limiter.refused(first, 0);
    limiter.release(first, 0);
    let admitted = 1;
    for (let rounds = 0; rounds < 20; rounds += 1) {
      for (const call of fill(limiter)) {
        admitted += 1;
        limiter.answered(call, 0);
        limiter.release(call, 0);
      }
    }
    expect(admitted).toBe(10);
  });
});

describe('calls in flight', () => {
  it('are bounded by the configured concurrency', () => {
    const limiter = aLimiter({ requests: perMinute(100), concurrency: 3 });
    expect(fill(limiter)).toHaveLength(3);
  });

  it('are given back once, however often a call is released', () => {
    const limiter = aLimiter({ requests: perMinute(100) });
    const [first, second] = [taken(limiter), taken(limiter)];
    limiter.release(first, 0);
    limiter.release(first, 0);
    expect(limiter.inFlight).toBe(1);
    limiter.release(second, 0);
    expect(limiter.inFlight).toBe(0);
  });

  it('may be four while it is not known who shares the limits', () => {
    const limiter = aLimiter({ requests: perMinute(100) });
    limiter.restrain(true);
    expect(fill(limiter)).toHaveLength(UNKNOWN_IN_FLIGHT);
    limiter.restrain(false);
    expect(fill(limiter)).toHaveLength(96);
  });
});

describe('settling', () => {
  it('leaves a dimension the usage is silent about as reserved', () => {
    const limiter = aLimiter({ inputTokens: perMinute(100), outputTokens: perMinute(100) });
    const call = taken(limiter, { inputTokens: 40, outputTokens: 40 });
    limiter.settle(call, { inputTokens: 10 }, 0);
    expect(limiter.view(0).inputTokens?.remaining).toBe(90);
    expect(limiter.view(0).outputTokens?.remaining).toBe(60);
  });

  it('adds up tokens from the half that is known and the half that was reserved', () => {
    const limiter = aLimiter({ tokens: perMinute(100) });
    const call = taken(limiter, { inputTokens: 30, outputTokens: 50 });
    limiter.settle(call, { outputTokens: 10 }, 0);
    expect(limiter.view(0).tokens?.remaining).toBe(60);
  });

  it('keeps late output pending until it, and charges the estimate without it', () => {
    const limiter = aLimiter({ outputTokens: perMinute(100) }, ['outputTokens']);
    const [first, second] = [50, 40].map((outputTokens) => taken(limiter, { outputTokens }));
    expect(limiter.view(MINUTE).outputTokens?.remaining).toBe(10);
    if (first !== undefined) limiter.settle(first, { outputTokens: 5 }, MINUTE);
    expect(limiter.view(MINUTE).outputTokens?.remaining).toBe(55);
    if (second !== undefined) limiter.release(second, MINUTE);
    expect(limiter.view(MINUTE).outputTokens?.remaining).toBe(55);
    expect(limiter.view(2 * MINUTE).outputTokens?.remaining).toBe(100);
  });
});

describe('absorbing another limiter', () => {
  const merged = () => {
    const [into, from] = [aLimiter(), aLimiter()];
    const own = taken(into);
    const others = fill(from);
    into.learn({ requests: { limit: 20, remaining: 19 } }, 0, own);
    into.absorb(from, 0);
    return { into, from, own, others };
  };

  it('adds up what both have in use and in flight', () => {
    const { into } = merged();
    expect(into.inFlight).toBe(5);
    expect(into.view(0).requests?.remaining).toBe(15);
    expect(fill(into)).toHaveLength(15);
  });

  it('settles and releases calls of either side', () => {
    const { into, from, own, others } = merged();
    for (const call of others) {
      from.settle(call, { requests: 0 }, 0);
      from.release(call, 0);
      into.release(call, 0);
    }
    into.release(own, 0);
    expect(into.inFlight).toBe(0);
  });

  it('follows a chain of merges', () => {
    const { into, others } = merged();
    const last = aLimiter({ requests: perMinute(100) });
    last.absorb(into, 0);
    expect(last.inFlight).toBe(5);
    for (const call of others) call.limiter.release(call, 0);
    expect(last.inFlight).toBe(1);
  });

  it('learns limits, but no remaining, from an answer to an absorbed call', () => {
    const { into, others } = merged();
    into.learn({ requests: { limit: 30, remaining: 0 } }, 0, others[0]);
    expect(into.view(0).requests?.limit).toBe(30);
    expect(into.view(0).requests?.remaining).toBe(15);
  });

  it('keeps late output of absorbed calls pending', () => {
    const limits = { outputTokens: perMinute(100) };
    const [into, from] = [aLimiter(limits, ['outputTokens']), aLimiter(limits, ['outputTokens'])];
    const call = taken(from, { outputTokens: 60 });
    into.absorb(from, 0);
    expect(into.view(0).outputTokens?.remaining).toBe(40);
    from.settle(call, { outputTokens: 10 }, 0);
    from.release(call, 0);
    expect(into.view(0).outputTokens?.remaining).toBe(90);
  });
});

describe('a limit of which no response shows what is used', () => {
  const always = (limit: number) => ({ requests: { limit, remaining: limit } });

  it('holds by the own count', () => {
    const limiter = aLimiter();
    limiter.learn(always(60), 0, taken(limiter));
    expect(fill(limiter)).toHaveLength(59);
  });

  it('starts slowly once a call is refused that it had let out', () => {
    const limiter = aLimiter();
    limiter.learn(always(60), 0, taken(limiter));
    limiter.refused(taken(limiter), MINUTE);
    // Two are in flight as it is.
    expect(fill(limiter, {}, MINUTE)).toHaveLength(UNKNOWN_IN_FLIGHT - 2);
  });

  it('keeps to a limit that came to be known after the refused call was sent', () => {
    const limiter = aLimiter({ requests: perMinute(100) });
    const [first, second] = [taken(limiter), taken(limiter)];
    limiter.learn(always(60), 0, first);
    limiter.refused(second, 0);
    expect(fill(limiter)).toHaveLength(58);
  });

  it('believes no refusal where responses show what is used', () => {
    const limiter = aLimiter();
    limiter.learn({ requests: { limit: 60, remaining: 59 } }, 0, taken(limiter));
    limiter.refused(taken(limiter), 0);
    expect(fill(limiter)).toHaveLength(58);
  });
});

it('refuses limits that are none', () => {
  const limits = { requests: { limit: -1, windowMs: 1_000 } };
  expect(() => new QuotaLimiter({ limits }, 0)).toThrow('limits.requests.limit: expected');
});
