import { KeyPool } from '../../../src/pool/key-pool.js';
import { SpendChecker } from '../../../src/spend/spend-checker.js';
import type { SpendProbe } from '../../../src/spend/spend-probe.js';
import { FakeClock } from '../../../src/testing/fake-clock.js';

const BUDGET = 10;
const THRESHOLD = 0.9;
/** The provider's counter shows what was spent up to its last flush. */
const FLUSH_MS = 30_000;
const SLOWEST_PER_HOUR = 0.05;
const FASTEST_PER_HOUR = 40;
const BURST_FACTOR = 10;
/** How long bursts and the quiet between them last, on average. */
const BURST_MS = 300_000;
const QUIET_MS = 3_000_000;
/** What one call costs: fine enough that no single call runs a budget over. */
const CALL_COST = 0.02;
const LEDGER_ERROR = 0.2;
const STEP_MS = 1_000;
const DAY_MS = 86_400_000;

export interface LivesOptions {
  readonly lives: number;
  readonly hasLedger: boolean;
  readonly hours: number;
  readonly seed: number;
}

export interface LivesReport {
  readonly lives: number;
  readonly overruns: number;
  readonly rotated: number;
  /** Of the budget, how far past the threshold keys were when they were replaced. */
  readonly p95PastThreshold: number;
  /** Per key and day that it lived. */
  readonly checksPerDay: number;
}

/** One key that is being spent on. */
interface Life {
  readonly id: string;
  readonly perMs: number;
  /** How wrong the ledger's prices are for it. */
  readonly bias: number;
  spent: number;
  /** What the counter showed at its last flush. */
  flushed: number;
  readonly flushOffsetMs: number;
  isBursting: boolean;
  /** When it bursts or calms down next. */
  turnsAt: number;
  /** Money not spent yet, less than a call costs. */
  due: number;
  endedAt: number | undefined;
}

/**
 * Spends on many keys at once, on one clock, under one real `SpendChecker` and one real `KeyPool`, and
 * counts whose budget was overrun before the key was replaced.
 */
export async function live({ lives: count, hasLedger, hours, seed }: LivesOptions) {
  const clock = new FakeClock();
  const startedAt = clock.now();
  const random = randomOf(seed);
  const lives = Array.from({ length: count }, (_, index) => aLife(index, startedAt, random));
  const byId = new Map(lives.map((life) => [life.id, life]));
  const pool = new KeyPool({
    clock,
    random,
    keys: lives.map(({ id }) => ({ id, secret: `secret-of-${id}` })),
  });
  let checks = 0;
  const ask = async ({ id }: { id: string }, { now }: { now: number }) => {
    checks += 1;
    const life = byId.get(id)!;
    return {
      spent: life.flushed,
      limit: BUDGET,
      unit: 'usd',
      scope: 'key',
      asOf: now,
    } as const;
  };
  const probe: SpendProbe = Object.assign(ask, { lagMs: FLUSH_MS });
  const checker = new SpendChecker({ pool, probe, clock, random, threshold: THRESHOLD });
  pool.on('overBudget', ({ id }) => {
    byId.get(id)!.endedAt = clock.now();
    // Its successor is of no interest.
    void pool.removeKey(id, { drain: false });
  });
  checker.start();
  let alive = lives;
  for (let elapsed = 0; elapsed < hours * 3_600_000 && alive.length > 0; elapsed += STEP_MS) {
    await clock.advance(STEP_MS);
    const now = clock.now();
    for (const life of alive) {
      const cost = step(life, now, random);
      if (cost === 0) continue;
      // Either tells that the key is in use; a key that is not is seldom asked about.
      if (hasLedger) checker.record(life.id, cost * life.bias);
      else pool.tryAcquire({ key: life.id })?.release();
    }
    alive = alive.filter(({ endedAt }) => endedAt === undefined);
  }
  await checker.stop();
  return reportOf(lives, checks, startedAt, clock.now());
}

/** Goes on for one step. Returns what was spent in it. */
function step(life: Life, now: number, random: () => number): number {
  if (life.endedAt !== undefined) return 0;
  if (now >= life.turnsAt) {
    life.isBursting = !life.isBursting;
    life.turnsAt = now + exponential(life.isBursting ? BURST_MS : QUIET_MS, random);
  }
  life.due += life.perMs * (life.isBursting ? BURST_FACTOR : 1) * STEP_MS;
  const calls = Math.floor(life.due / CALL_COST);
  life.due -= calls * CALL_COST;
  if ((now - life.flushOffsetMs) % FLUSH_MS < STEP_MS) life.flushed = life.spent;
  life.spent += calls * CALL_COST;
  return calls * CALL_COST;
}

function aLife(index: number, now: number, random: () => number): Life {
  const span = Math.log(FASTEST_PER_HOUR / SLOWEST_PER_HOUR);
  const perHour = SLOWEST_PER_HOUR * Math.exp(span * random());
  return {
    id: `k${index}`,
    perMs: perHour / 3_600_000,
    bias: 1 + LEDGER_ERROR * (2 * random() - 1),
    spent: 0,
    flushed: 0,
    flushOffsetMs: Math.floor(FLUSH_MS * random()),
    isBursting: false,
    turnsAt: now + exponential(QUIET_MS, random),
    due: 0,
    endedAt: undefined,
  };
}

function reportOf(
  lives: readonly Life[],
  checks: number,
  startedAt: number,
  endedAt: number,
): LivesReport {
  const ended = lives.filter((life) => life.endedAt !== undefined);
  const past = ended
    .map(({ spent }) => Math.max(0, spent / BUDGET - THRESHOLD))
    .sort((a, b) => a - b);
  const lived = lives.reduce((sum, life) => sum + ((life.endedAt ?? endedAt) - startedAt), 0);
  return {
    lives: lives.length,
    overruns: lives.filter(({ spent }) => spent > BUDGET + 1e-9).length,
    rotated: ended.length,
    p95PastThreshold: past[Math.floor(past.length * 0.95)] ?? 0,
    checksPerDay: checks / (lived / DAY_MS),
  };
}

const exponential = (mean: number, random: () => number): number => -mean * Math.log(1 - random());

/** Mulberry32: the same lives for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
