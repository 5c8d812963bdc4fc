import type { KeyOptions, Limits, Rate } from '../../src/key/key.js';
import type { AcquireRequest } from '../../src/pool/call.js';
import { leastLoaded } from '../../src/selector/least-loaded.js';
import { powerOfTwo } from '../../src/selector/power-of-two.js';
import { roundRobin } from '../../src/selector/round-robin.js';
import type { Selector } from '../../src/selector/selector.js';
import { sticky } from '../../src/selector/sticky.js';
import { tiered } from '../../src/selector/tiered.js';
import { weighted } from '../../src/selector/weighted.js';
import type { Draws } from './draws.js';

const MINUTE = 60_000;
const MOST_KEYS = 12;
/** Enough for the pool to remember what all of them refused. */
const CROWD = 40;

export interface OracleWorld {
  readonly limits: Limits;
  readonly keys: readonly KeyOptions[];
  readonly selector: Selector;
}

export function drawWorld(draws: Draws): OracleWorld {
  return draws.chance(0.2) ? drawCrowd(draws) : drawFew(draws);
}

function drawFew(draws: Draws): OracleWorld {
  const limits = drawLimits(draws, MINUTE);
  const groups = 1 + draws.below(MOST_KEYS);
  const keys = Array.from({ length: 1 + draws.below(MOST_KEYS) }, (_, index) =>
    drawKey(draws, `k${index}`, `g${draws.below(groups)}`),
  );
  return { limits, keys, selector: drawSelector(draws) };
}

/** Many keys, each in a group of its own, that come back slowly: mostly small calls still fit. */
function drawCrowd(draws: Draws): OracleWorld {
  const limits = {
    ...drawLimits(draws, 60 * MINUTE),
    requests: { limit: 1_000, windowMs: MINUTE },
    tokens: drawRate(draws, 300, 60 * MINUTE),
  };
  const keys = Array.from({ length: CROWD + draws.below(CROWD) }, (_, index) =>
    drawKey(draws, `k${index}`, `g${index}`),
  );
  return { limits, keys, selector: drawSelector(draws) };
}

export function drawKey(draws: Draws, id: string, group: string): KeyOptions {
  return { id, secret: `secret of ${id}`, group, tier: draws.below(2), weight: draws.below(3) };
}

function drawLimits(draws: Draws, windowMs: number): Limits {
  const rate = (limits: readonly number[]) => drawRate(draws, draws.one(limits), windowMs);
  return {
    requests: rate([4, 20, 1_000]),
    ...(draws.chance(0.6) ? { tokens: rate([600, 4_000]) } : {}),
    ...(draws.chance(0.4) ? { inputTokens: rate([400, 3_000]) } : {}),
    ...(draws.chance(0.4) ? { outputTokens: rate([400, 2_000]) } : {}),
    ...(draws.chance(0.3) ? { concurrency: 1 + draws.below(4) } : {}),
  };
}

function drawRate(draws: Draws, limit: number, windowMs: number): Rate {
  return { limit, windowMs, kind: draws.chance(0.8) ? 'refill' : 'window' };
}

function drawSelector(draws: Draws): Selector {
  const random = () => draws.share();
  return draws.one([
    roundRobin,
    leastLoaded,
    weighted,
    () => powerOfTwo({ random }),
    () => tiered(roundRobin()),
    () => tiered(leastLoaded()),
    () => sticky(leastLoaded()),
  ])();
}

/** Nine calls in ten are small, the tenth takes most of a limit. */
export function drawRequest(draws: Draws, ids: readonly string[]): AcquireRequest {
  const most = draws.chance(0.1) ? 1_500 : 120;
  return {
    inputTokens: draws.below(most),
    outputTokens: draws.below(most),
    ...(draws.chance(0.3) ? { affinity: `user ${draws.below(20)}` } : {}),
    ...(draws.chance(0.05) ? { key: draws.one(ids) } : {}),
    ...(draws.chance(0.05) ? { exclude: [draws.one(ids), draws.one(ids)] } : {}),
  };
}
