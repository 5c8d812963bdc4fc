import type { LimitKind, Limits, Rate } from '../../src/key/key.js';
import { Random } from '../../src/testing/fake-provider/random.js';
import type { DrawnLimits, SimulatedDialect } from './dialects/dialect.js';
import { type DialectName, dialects } from './dialects/index.js';

/** What the pool is told of the limits. */
type Knowledge = 'unknown' | 'exact' | 'too-high';

export interface WorldGroup extends DrawnLimits {
  readonly organisation: string;
  readonly keys: readonly string[];
  /** How long before the pool starts the provider's windows began. */
  readonly phaseMs: number;
}

/** Everything that differs between one simulated provider and another, drawn from a seed. */
export interface World {
  readonly seed: number;
  readonly dialect: DialectName;
  readonly kind: LimitKind;
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
  /** What the limits count in. */
  readonly windowMs: number;
  readonly durationMs: number;
}

/** The world of a seed: of Anthropic's or OpenAI's kind, unless a dialect is asked for. */
export function drawWorld(seed: number, asked?: DialectName): World {
  const random = new Random(seed * 7919 + 1);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[random.integer([0, items.length - 1])];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const drawn = pick(['anthropic', 'openai'] as const);
  const dialect: SimulatedDialect = dialects[asked ?? drawn];
  const kind = oneOf(dialect.kinds, pick(['refill', 'refill', 'window'] as const));
  const knowledge = pick(['unknown', 'unknown', 'exact', 'too-high'] as const);
  const meanInput = random.integer([50, 1_500]);
  const meanOutput = random.integer([20, 400]);
  const groupCount = random.integer([1, asked === undefined ? 6 : 3]);
  // One window needs no draw: seeds keep the worlds they had.
  const windowMs = dialect.windowsMs.length > 1 ? pick(dialect.windowsMs) : dialect.windowsMs[0];
  if (windowMs === undefined) throw new Error('a dialect without a window');
  const groups = Array.from({ length: groupCount }, (_, index) => ({
    organisation: `org-${index}`,
    keys: Array.from({ length: random.integer([1, 2]) }, (__, key) => `sk-${index}-${key}`),
    ...dialect.drawLimits({ kind, windowMs, meanInput, meanOutput, random }),
    phaseMs: random.integer([0, windowMs - 1]),
  }));
  const mayFindGroups = knowledge === 'unknown' && dialect.namesOrganisation;
  return {
    seed,
    dialect: asked ?? drawn,
    kind,
    knowledge,
    areGroupsDeclared: !mayFindGroups || random.next() < 0.5,
    groups,
    load: 0.3 + 2.7 * random.next(),
    skewMs: random.next() < 0.5 ? 0 : random.integer([-300_000, 300_000]),
    latencyMs: random.integer([100, 3_000]),
    meanInput,
    meanOutput,
    windowMs,
    durationMs: random.integer(dialect.runsWindows) * windowMs,
  };
}

/** What the pool is told of a group's limits. */
export function told({ knowledge }: World, { limits, stated }: WorldGroup): Limits | undefined {
  if (stated !== undefined) return stated;
  if (knowledge === 'unknown') return undefined;
  const factor = knowledge === 'exact' ? 1 : 1.7;
  const entries = Object.entries(limits).map(([dimension, rate]: [string, Rate]) => [
    dimension,
    { ...rate, limit: Math.round(rate.limit * factor) },
  ]);
  return Object.fromEntries(entries);
}

function oneOf<Item>(items: readonly Item[], drawn: Item): Item {
  const [first = drawn] = items;
  return items.includes(drawn) ? drawn : first;
}
