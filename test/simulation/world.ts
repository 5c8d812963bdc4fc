import type { Limits, Rate } from '../../src/key/key.js';
import type { FakeLimits } from '../../src/testing/fake-provider/options.js';
import { Random } from '../../src/testing/fake-provider/random.js';

/** What the pool is told of the limits. */
type Knowledge = 'unknown' | 'exact' | 'too-high';

export interface WorldGroup {
  readonly organisation: string;
  readonly keys: readonly string[];
  readonly limits: FakeLimits;
  /** How long before the pool starts the provider's windows began. */
  readonly phaseMs: number;
}

/** Everything that differs between one simulated provider and another, drawn from a seed. */
export interface World {
  readonly seed: number;
  readonly dialect: 'anthropic' | 'openai';
  readonly kind: 'refill' | 'window';
  readonly knowledge: Knowledge;
  /** Whether the pool is told which keys belong together. */
  readonly areGroupsDeclared: boolean;
  readonly groups: readonly WorldGroup[];
  /** Calls offered, as a share of what the limits allow. */
  readonly load: number;
  /** Milliseconds that the provider's clock is ahead. */
  readonly skewMs: number;
  /** Typical milliseconds that the provider takes for an answer. */
  readonly latencyMs: number;
  readonly meanInput: number;
  readonly meanOutput: number;
  readonly durationMs: number;
}

const MINUTE_MS = 60_000;

export function drawWorld(seed: number): World {
  const random = new Random(seed * 7919 + 1);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[random.integer([0, items.length - 1])];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const dialect = pick(['anthropic', 'openai'] as const);
  const kind = pick(['refill', 'refill', 'window'] as const);
  const knowledge = pick(['unknown', 'unknown', 'exact', 'too-high'] as const);
  const meanInput = random.integer([50, 1_500]);
  const meanOutput = random.integer([20, 400]);
  const groupCount = random.integer([1, 6]);
  const groups = Array.from({ length: groupCount }, (_, index) => ({
    organisation: `org-${index}`,
    keys: Array.from({ length: random.integer([1, 2]) }, (__, key) => `sk-${index}-${key}`),
    limits: drawLimits(dialect, kind, meanInput, meanOutput, random),
    phaseMs: random.integer([0, MINUTE_MS - 1]),
  }));
  return {
    seed,
    dialect,
    kind,
    knowledge,
    areGroupsDeclared: knowledge !== 'unknown' || random.next() < 0.5,
    groups,
    load: 0.3 + 2.7 * random.next(),
    skewMs: random.next() < 0.5 ? 0 : random.integer([-300_000, 300_000]),
    latencyMs: random.integer([100, 3_000]),
    meanInput,
    meanOutput,
    durationMs: random.integer([3, 6]) * MINUTE_MS,
  };
}

/** What the pool is told of a group's limits. */
export function told({ knowledge }: World, { limits }: WorldGroup): Limits | undefined {
  if (knowledge === 'unknown') return undefined;
  const factor = knowledge === 'exact' ? 1 : 1.7;
  const entries = Object.entries(limits).map(([dimension, rate]: [string, Rate]) => [
    dimension,
    { ...rate, limit: Math.round(rate.limit * factor) },
  ]);
  return Object.fromEntries(entries);
}

/** Any of the dimensions may be the one that binds. */
function drawLimits(
  dialect: World['dialect'],
  kind: World['kind'],
  meanInput: number,
  meanOutput: number,
  random: Random,
): FakeLimits {
  const callsPerMinute = random.integer([15, 120]);
  const rate = (perCall: number, leastLimit: number): Rate => {
    const roomFactor = random.next() < 0.4 ? 1 : 1 + 2 * random.next();
    const limit = Math.max(leastLimit, Math.round(callsPerMinute * perCall * roomFactor));
    return { limit, windowMs: MINUTE_MS, kind };
  };
  const requests = rate(1, 10);
  if (dialect === 'openai') {
    return { requests, tokens: rate(meanInput + meanOutput, 6 * (meanInput + meanOutput)) };
  }
  return {
    requests,
    inputTokens: rate(meanInput, 6 * meanInput),
    outputTokens: rate(meanOutput, 6 * meanOutput),
  };
}
