import { KeyPool } from '../../src/pool/key-pool.js';
import type { Lease } from '../../src/pool/lease.js';
import { anthropic } from '../../src/provider/anthropic.js';
import { openai } from '../../src/provider/openai.js';
import { FakeClock } from '../../src/testing/fake-clock.js';
import { Random } from '../../src/testing/fake-provider/random.js';
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
  /** Calls that were never served, although there was time for all. */
  readonly starved: number;
  /** What is left in the pool at the end; 0 when every lease came back. */
  readonly unbalanced: number;
}

/** Milliseconds on the way, within the pool's `transitMs`. */
const TRANSIT_MS = [0, 5] as const;
/** Share of the calls that are there at once; the others come evenly. */
const BACKLOG = 0.2;
/** How long the simulation goes on after the load ends, to see whether all are served. */
const DRAIN_FACTOR = 12;

/** Runs one random world from its seed: same seed, same report. */
export async function simulate(seed: number): Promise<WorldReport> {
  const world = drawWorld(seed);
  return new Simulation(world).run();
}

class Simulation {
  readonly #world: World;
  readonly #clock = new FakeClock();
  readonly #random: Random;
  readonly #organisations: readonly SimulatedOrganisation[];
  readonly #byKey: ReadonlyMap<string, SimulatedOrganisation>;
  readonly #hasReading = new Set<SimulatedOrganisation>();
  readonly #pool: KeyPool;
  #early429 = 0;
  #late429 = 0;
  #served = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = new Random(world.seed);
    const now = this.#clock.now();
    this.#organisations = world.groups.map((group) => new SimulatedOrganisation(world, group, now));
    this.#byKey = new Map(
      this.#organisations.flatMap((each) => each.group.keys.map((key) => [key, each])),
    );
    this.#pool = new KeyPool({
      clock: this.#clock,
      random: () => this.#random.next(),
      provider: world.dialect === 'anthropic' ? anthropic() : openai(),
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
    const { durationMs, load } = this.#world;
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
    await this.#clock.advance(durationMs);
    const used = this.#used();
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
      used,
      starved: calls - this.#served,
      unbalanced: inFlight + waiting,
    };
  }

  /** One caller: waits, calls, and comes back until it is served. */
  async #call(): Promise<void> {
    const inputTokens = this.#size(this.#world.meanInput);
    const expected = this.#size(this.#world.meanOutput);
    const written = Math.max(1, Math.round(expected * (0.2 + 0.8 * this.#random.next())));
    const isLate = this.#world.dialect === 'anthropic';
    for (;;) {
      const lease = await this.#pool.acquire({
        inputTokens,
        outputTokens: isLate ? expected : written,
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
    if (!arrival.admitted) {
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

  #used(): number {
    const now = this.#clock.now();
    let used = 0;
    let allowed = 0;
    for (const organisation of this.#organisations) {
      const { share, allowedCalls } = organisation.used(now);
      used += share * allowedCalls;
      allowed += allowedCalls;
    }
    return used / allowed;
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
