import { KeyPool } from '../../src/pool/key-pool.js';
import type { Lease } from '../../src/pool/lease.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { Random } from '../../src/testing/fake-provider/random.js';
import type { SimulatedDialect } from './dialects/dialect.js';
import { type DialectName, dialects } from './dialects/index.js';
import { SimulatedOrganisation } from './simulated-provider.js';
import { drawWorld, told, type World } from './world.js';

/** How one pool fared in one world. */
export interface WorldReport {
  readonly world: World;
  readonly calls: number;
  /** 429s of calls sent before their group's first reading. */
  readonly early429: number;
  /** 429s of calls sent after it: the limit was known and yet overrun. */
  readonly late429: number;
  readonly overruns: number;
  /** Share of the capacity used while load was offered. */
  readonly used: number;
  /** The second half of the load, where a rate that had to be found is found. */
  readonly steady: SteadyState;
  /** Calls that were never served, although there was time for all. */
  readonly starved: number;
  /** What is left in the pool at the end; 0 when every lease came back. */
  readonly unbalanced: number;
}

/** How the second half of the load went. */
interface SteadyState {
  readonly sent: number;
  readonly refused: number;
  /** Share of the capacity used. */
  readonly used: number;
}

/** Milliseconds on the way, within the pool's `transitMs`. */
const TRANSIT_MS = [0, 5] as const;
/** Share of the calls that are there at once; the others come evenly. */
const BACKLOG = 0.2;
/** How long the simulation goes on after the load ends, to see whether all are served. */
const DRAIN_FACTOR = 12;

/** Runs one random world from its seed: same seed and dialect, same report. */
export async function simulate(seed: number, dialect?: DialectName): Promise<WorldReport> {
  const world = drawWorld(seed, dialect);
  return new Simulation(world).run();
}

class Simulation {
  readonly #world: World;
  readonly #dialect: SimulatedDialect;
  readonly #clock = new FakeClock();
  readonly #random: Random;
  readonly #organisations: readonly SimulatedOrganisation[];
  readonly #byKey: ReadonlyMap<string, SimulatedOrganisation>;
  readonly #hasReading = new Set<SimulatedOrganisation>();
  readonly #pool: KeyPool;
  #early429 = 0;
  #late429 = 0;
  #served = 0;
  /** Counted while `#isSteady`. */
  readonly #steady = { sent: 0, refused: 0 };
  #isSteady = false;

  constructor(world: World) {
    this.#world = world;
    this.#dialect = dialects[world.dialect];
    this.#random = new Random(world.seed);
    const now = this.#clock.now();
    this.#organisations = world.groups.map((group) => new SimulatedOrganisation(world, group, now));
    this.#byKey = new Map(
      this.#organisations.flatMap((each) => each.group.keys.map((key) => [key, each])),
    );
    this.#pool = new KeyPool({
      clock: this.#clock,
      random: () => this.#random.next(),
      provider: this.#dialect.provider(),
      keys: world.groups.flatMap((group) => {
        const limits = told(world, group);
        return group.keys.map((secret) => ({
          secret,
          ...(world.areGroupsDeclared ? { group: group.organisation } : {}),
          ...(limits === undefined ? {} : { limits }),
        }));
      }),
    });
  }

  async run(): Promise<WorldReport> {
    const { durationMs, windowMs, load } = this.#world;
    const startedAt = this.#clock.now();
    const endsAt = startedAt + durationMs;
    const calls = Math.round(load * this.#allowedCallsUntil(endsAt));
    for (let index = 0; index < calls; index += 1) {
      // A backlog from the start, so that what the limits allow early on can be used.
      const delayMs = Math.floor(
        Math.max(0, (index / calls - BACKLOG) / (1 - BACKLOG)) * durationMs,
      );
      this.#clock.setTimer(() => void this.#call(), delayMs);
    }
    // Whole windows, so that either half has its share of them.
    const firstHalfMs = Math.floor(durationMs / windowMs / 2) * windowMs;
    await this.#clock.advance(firstHalfMs);
    const half = this.#capacity();
    this.#isSteady = true;
    await this.#clock.advance(durationMs - firstHalfMs);
    this.#isSteady = false;
    const whole = this.#capacity();
    for (let step = 0; step < DRAIN_FACTOR * 6 && this.#served < calls; step += 1) {
      await this.#clock.advance(durationMs / 6);
    }
    await this.#clock.advance(60_000);
    const { inFlight, waiting } = this.#pool.stats();
    return {
      world: this.#world,
      calls,
      early429: this.#early429,
      late429: this.#late429,
      overruns: this.#organisations.reduce((sum, { overruns }) => sum + overruns, 0),
      used: whole.used / whole.allowed,
      steady: {
        ...this.#steady,
        used: (whole.used - half.used) / (whole.allowed - half.allowed),
      },
      starved: calls - this.#served,
      unbalanced: inFlight + waiting,
    };
  }

  /** One caller: waits, calls, and comes back until it is served. */
  async #call(): Promise<void> {
    const inputTokens = this.#size(this.#world.meanInput);
    const expected = this.#size(this.#world.meanOutput);
    const written = Math.max(1, Math.round(expected * (0.2 + 0.8 * this.#random.next())));
    for (;;) {
      const lease = await this.#pool.acquire({
        inputTokens,
        outputTokens: this.#dialect.isOutputLate ? expected : written,
      });
      const isServed = await this.#send(lease, inputTokens, written);
      lease.release();
      if (isServed) break;
    }
    this.#served += 1;
  }

  async #send(lease: Lease, inputTokens: number, written: number): Promise<boolean> {
    const organisation = this.#byKey.get(lease.secret.reveal());
    if (organisation === undefined) throw new Error('a key of nobody');
    const isEarly = !this.#hasReading.has(organisation);
    await this.#sleep(this.#random.integer(TRANSIT_MS));
    const arrival = organisation.arrive(this.#clock.now(), inputTokens, written);
    if (this.#isSteady) this.#steady.sent += 1;
    if (!arrival.admitted) {
      if (this.#isSteady) this.#steady.refused += 1;
      if (isEarly) this.#early429 += 1;
      else this.#late429 += 1;
      await this.#sleep(this.#random.integer(TRANSIT_MS));
      lease.observe(arrival.response);
      this.#hasReading.add(organisation);
      return false;
    }
    await this.#sleep(Math.ceil(this.#world.latencyMs * (0.3 - Math.log(1 - this.#random.next()))));
    const response = arrival.respond(this.#clock.now(), written);
    await this.#sleep(this.#random.integer(TRANSIT_MS));
    lease.observe(response);
    lease.settle({ inputTokens, outputTokens: written });
    this.#hasReading.add(organisation);
    return true;
  }

  /** Sizes are mixed: most are small, one in ten is several times the mean. */
  #size(mean: number): number {
    const factor =
      this.#random.next() < 0.1 ? 2 + 2 * this.#random.next() : 0.4 + 0.7 * this.#random.next();
    return Math.max(1, Math.round(mean * factor));
  }

  /** In calls of average size. */
  #capacity(): { readonly used: number; readonly allowed: number } {
    const now = this.#clock.now();
    const each = this.#organisations.map((organisation) => organisation.used(now));
    const used = each.reduce((sum, { share, allowedCalls }) => sum + share * allowedCalls, 0);
    const allowed = each.reduce((sum, { allowedCalls }) => sum + allowedCalls, 0);
    return { used, allowed };
  }

  #allowedCallsUntil(endsAt: number): number {
    const now = this.#clock.now();
    return this.#organisations.reduce((sum, each) => {
      const { group } = each;
      const fresh = new SimulatedOrganisation(this.#world, group, now);
      return sum + fresh.allowedCalls(endsAt);
    }, 0);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(() => resolve(), ms));
  }
}
