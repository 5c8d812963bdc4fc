import { KeyPoolError } from '../../src/core/errors.js';
import type { KeyOptions } from '../../src/key/key.js';
import { KeyPool } from '../../src/pool/key-pool.js';
import type { Lease } from '../../src/pool/lease.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { Draws } from './draws.js';
import { type Charge, TrueLimits } from './true-limits.js';
import { drawKey, drawRequest, drawWorld, type OracleWorld } from './world.js';

const OPERATIONS_PER_WORLD = 1_000;
const MOST_OUT = 60;

export interface OracleReport {
  readonly operations: number;
  readonly leases: number;
  readonly denials: number;
  /** A key could have served, by a look at every one of them, and none was leased. */
  falseDenials: number;
  /** None could have served by that look, or not the one that was leased, or the provider's limit was overrun. */
  overAdmissions: number;
  /** The seeds of worlds in which that happened. */
  readonly seeds: readonly number[];
}

/**
 * Lives random lives in random worlds, and holds each answer of `tryAcquire` against a plain scan of
 * all keys (`explain`), which knows neither selectors nor parked seats, and against a provider's own
 * count of what calls really cost.
 */
export async function holdAgainstScan(operations: number, seed: number): Promise<OracleReport> {
  const sum = { operations: 0, leases: 0, denials: 0, falseDenials: 0, overAdmissions: 0 };
  const seeds: number[] = [];
  for (let from = seed; sum.operations < operations; from += 1) {
    const life = new Life(new Draws(from));
    await life.live(Math.min(OPERATIONS_PER_WORLD, operations - sum.operations));
    sum.operations += life.operations;
    sum.leases += life.leases;
    sum.denials += life.denials;
    sum.falseDenials += life.falseDenials;
    sum.overAdmissions += life.overAdmissions;
    if (life.falseDenials + life.overAdmissions > 0) seeds.push(from);
  }
  return { ...sum, seeds };
}

interface Out {
  readonly lease: Lease;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
}

class Life {
  operations = 0;
  leases = 0;
  denials = 0;
  falseDenials = 0;
  overAdmissions = 0;
  readonly #draws: Draws;
  readonly #world: OracleWorld;
  readonly #clock = new FakeClock();
  readonly #pool: KeyPool;
  readonly #truth = new Map<string, TrueLimits>();
  readonly #ids: string[] = [];
  readonly #out: Out[] = [];
  #added = 0;

  constructor(draws: Draws) {
    this.#draws = draws;
    this.#world = drawWorld(draws);
    const { keys, limits, selector } = this.#world;
    this.#pool = new KeyPool({ keys, limits, selector, clock: this.#clock, transitMs: 0 });
    for (const key of keys) this.#note(key);
  }

  async live(count: number): Promise<void> {
    for (; this.operations < count; this.operations += 1) await this.#step();
    for (const { lease } of this.#out) lease.release();
    await this.#pool.close();
  }

  async #step(): Promise<void> {
    const what = this.#draws.share();
    if (what < 0.55) this.#ask();
    else if (what < 0.85) this.#end();
    else if (what < 0.96) await this.#clock.advance(this.#draws.one([1, 40, 700, 5_000, 61_000]));
    else if (what < 0.97) this.#rest();
    else this.#changeKeys();
  }

  #ask(): void {
    if (this.#out.length >= MOST_OUT) return;
    const request = drawRequest(this.#draws, this.#ids);
    const ready = new Set<string>();
    for (const key of this.#pool.explain(request).keys) if (key.ready) ready.add(key.id);
    const lease = this.#tryAcquire(request);
    if (lease === undefined) {
      this.denials += 1;
      if (ready.size > 0) this.falseDenials += 1;
      return;
    }
    this.leases += 1;
    if (!ready.has(lease.id)) this.overAdmissions += 1;
    const { inputTokens = 0, outputTokens = 0 } = request;
    if (this.#draws.chance(0.01)) {
      // A refused call took nothing.
      lease.observe({ status: 429, headers: { 'retry-after': '3' } });
      lease.release();
      return;
    }
    const share = this.#draws.chance(0.5) ? 1 : this.#draws.share();
    const usage = {
      inputTokens: Math.floor(share * inputTokens),
      outputTokens: Math.floor(share * outputTokens),
    };
    const charge = {
      requests: 1,
      inputTokens: usage.inputTokens,
      tokens: usage.inputTokens + usage.outputTokens,
    };
    this.#charge(lease, charge);
    this.#out.push({ lease, usage });
  }

  #tryAcquire(request: ReturnType<typeof drawRequest>): Lease | undefined {
    try {
      return this.#pool.tryAcquire(request);
    } catch (error) {
      if (error instanceof KeyPoolError && error.code === 'COST_EXCEEDS_LIMIT') return undefined;
      throw error;
    }
  }

  #charge(lease: Lease, charge: Charge): void {
    const isOverrun = this.#truth.get(lease.key.group)?.charge(charge, this.#clock.now());
    if (isOverrun !== false) this.overAdmissions += 1;
  }

  #end(): void {
    const [ended] = this.#out.splice(this.#draws.below(Math.max(1, this.#out.length)), 1);
    if (ended === undefined) return;
    const { lease, usage } = ended;
    if (this.#draws.chance(0.8)) lease.settle(usage);
    if (this.#draws.chance(0.3)) lease.observe({ status: 200, headers: {} });
    lease.release();
  }

  #rest(): void {
    const id = this.#draws.one(this.#ids);
    this.#pool.cooldown(id, { forMs: this.#draws.one([1, 900, 20_000]) });
  }

  #changeKeys(): void {
    const id = this.#draws.one(this.#ids);
    const what = this.#draws.share();
    if (what < 0.4) this.#pool.disable(id);
    else if (what < 0.9) this.#pool.enable(id);
    else if (what < 0.95) this.#add();
    else if (this.#ids.length > 1) this.#remove(id);
  }

  #add(): void {
    this.#added += 1;
    const name = `added ${this.#added}`;
    const key = drawKey(this.#draws, name, name);
    this.#pool.addKey(key);
    this.#note(key);
  }

  #remove(id: string): void {
    // At once, or when its last lease is back: the promise says when, which is nothing to wait for.
    void this.#pool.removeKey(id, { drain: false });
    this.#ids.splice(this.#ids.indexOf(id), 1);
  }

  #note({ id = '', group = id }: KeyOptions): void {
    this.#ids.push(id);
    if (this.#truth.has(group)) return;
    this.#truth.set(group, new TrueLimits(this.#world.limits, this.#clock.now()));
  }
}
