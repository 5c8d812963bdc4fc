import type { Dimension } from '../../src/key/key.js';
import type { ResponseFacts } from '../../src/limits/limit-update.js';
import {
  type CapacityUse,
  type Needs,
  Quota,
  type Snapshot,
} from '../../src/testing/fake-provider/quota.js';
import type { AnswerFacts, SimulatedDialect } from './dialects/dialect.js';
import { dialects } from './dialects/index.js';
import { GreedyCaller } from './greedy-caller.js';
import type { World, WorldGroup } from './world.js';

/** What the provider made of one arriving request. */
export type Arrival =
  | { readonly admitted: true; respond(now: number, outputTokens: number): ResponseFacts }
  | { readonly admitted: false; readonly response: ResponseFacts };

/** One organisation at a provider that enforces its limits, on the simulation's clock. */
export class SimulatedOrganisation {
  readonly group: WorldGroup;
  /** Calls whose late-metered output took a limit below zero. */
  overruns = 0;
  #admitted = 0;
  readonly #world: World;
  readonly #dialect: SimulatedDialect;
  /** One per policy: a call has to be admitted by each. */
  readonly #quotas: readonly Quota[];
  /** Where there are several policies. */
  readonly #greedy: GreedyCaller | undefined;

  constructor(world: World, group: WorldGroup, now: number) {
    this.#world = world;
    this.#dialect = dialects[world.dialect];
    this.group = group;
    this.#quotas = quotasOf(world, group, now);
    if (group.more !== undefined) this.#greedy = new GreedyCaller(quotasOf(world, group, now), now);
  }

  arrive(now: number, inputTokens: number, outputTokens: number): Arrival {
    const tokens = inputTokens + outputTokens;
    const needs: Needs = { requests: 1, inputTokens, outputTokens: 'any', tokens };
    const [shortage] = this.#quotas.flatMap((quota) => quota.shortages(needs, now));
    if (shortage !== undefined) {
      const snapshots = this.#snapshots(now);
      const { status, headers, body } = this.#dialect.refusal(shortage, this.#facts(now));
      const common = this.#dialect.headers(snapshots, this.#facts(now));
      return { admitted: false, response: { status, headers: { ...common, ...headers }, body } };
    }
    for (const quota of this.#quotas) quota.charge(needs, now);
    this.#admitted += 1;
    const snapshots = this.#snapshots(now);
    return {
      admitted: true,
      respond: (respondedAt, written) => {
        const isWithin = this.#quotas.every((quota) => quota.meterOutput(written, respondedAt));
        if (!isWithin) this.overruns += 1;
        const headers = this.#dialect.headers(snapshots, this.#facts(respondedAt));
        return { status: 200, headers, body: undefined };
      },
    };
  }

  /** The most used dimension's share of what it allowed. */
  used(now: number): { share: number; allowedCalls: number } {
    const greedy = this.#greedy?.callsUntil(now);
    if (greedy !== undefined) return { share: this.#admitted / greedy, allowedCalls: greedy };
    const shares = this.#capacity(now).map(({ used, allowed }) => used / allowed);
    return { share: Math.max(...shares), allowedCalls: this.allowedCalls(now) };
  }

  /** Calls of average size that the limits allowed until now. */
  allowedCalls(now: number): number {
    if (this.#greedy !== undefined) return this.#greedy.callsUntil(now);
    const { meanInput, meanOutput } = this.#world;
    const perCall: Readonly<Record<Dimension, number>> = {
      requests: 1,
      inputTokens: meanInput,
      outputTokens: meanOutput,
      tokens: meanInput + meanOutput,
    };
    const calls = this.#capacity(now).map(({ dimension, allowed }) => allowed / perCall[dimension]);
    return Math.min(...calls);
  }

  #capacity(now: number): readonly CapacityUse[] {
    return this.#quotas.flatMap((quota) => quota.capacity(now));
  }

  /** As the provider's own clock shows it, which is not the pool's. */
  #snapshots(now: number): readonly Snapshot[] {
    return this.#quotas.map((quota) => shifted(quota.snapshot(now), this.#world.skewMs));
  }

  #facts(now: number): AnswerFacts {
    return { organisation: this.group.organisation, now: now + this.#world.skewMs };
  }
}

function quotasOf(world: World, group: WorldGroup, now: number): readonly Quota[] {
  const startedAt = world.kind === 'window' ? now - group.phaseMs : now;
  const { limits, more, usedBefore = {} } = group;
  const quotas = [limits, ...(more === undefined ? [] : [more])].map(
    (each) => new Quota(group.organisation, '*', each, startedAt),
  );
  for (const quota of quotas) {
    quota.charge({ ...NOTHING, ...usedBefore }, now);
    quota.resetCapacity(now);
  }
  return quotas;
}

const NOTHING: Needs = { requests: 0, inputTokens: 0, outputTokens: 0, tokens: 0 };

function shifted(snapshot: Snapshot, skewMs: number): Snapshot {
  const entries = Object.entries(snapshot).map(([dimension, state]) => [
    dimension,
    { ...state, wholeAt: state.wholeAt + skewMs },
  ]);
  return Object.fromEntries(entries);
}
