import type { ResponseFacts } from '../../src/limits/limit-update.js';
import { anthropic } from '../../src/testing/fake-provider/anthropic.js';
import { openai } from '../../src/testing/fake-provider/openai.js';
import { Quota, type Snapshot } from '../../src/testing/fake-provider/quota.js';
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
  readonly #world: World;
  readonly #quota: Quota;

  constructor(world: World, group: WorldGroup, now: number) {
    this.#world = world;
    this.group = group;
    const startedAt = world.kind === 'window' ? now - group.phaseMs : now;
    this.#quota = new Quota(group.organisation, '*', group.limits, startedAt);
    this.#quota.resetCapacity(now);
  }

  arrive(now: number, inputTokens: number, outputTokens: number): Arrival {
    const { dialect, skewMs } = this.#world;
    const speaks = dialect === 'anthropic' ? anthropic : openai;
    const needs = {
      requests: 1,
      inputTokens,
      outputTokens: 'any',
      tokens: inputTokens + outputTokens,
    } as const;
    const [shortage] = this.#quota.shortages(needs, now);
    if (shortage !== undefined) {
      const names = { organisation: this.group.organisation, model: 'model' };
      const { fault, headers } = speaks.refusal(shortage, names);
      const limits = speaks.limitHeaders(shifted(this.#quota.snapshot(now), skewMs));
      const body = speaks.errorBody(fault, 'req_1');
      return {
        admitted: false,
        response: this.#answer(fault.status, { ...limits, ...headers }, now, body),
      };
    }
    this.#quota.charge(needs, now);
    const limits = speaks.limitHeaders(shifted(this.#quota.snapshot(now), skewMs));
    return {
      admitted: true,
      respond: (respondedAt, written) => {
        if (!this.#quota.meterOutput(written, respondedAt)) this.overruns += 1;
        return this.#answer(200, limits, respondedAt, undefined);
      },
    };
  }

  /** The most used dimension's share of what it allowed. */
  used(now: number): { share: number; allowedCalls: number } {
    const shares = this.#quota.capacity(now).map(({ share }) => share);
    return { share: Math.max(...shares), allowedCalls: this.allowedCalls(now) };
  }

  /** Calls of average size that the limits allowed until now. */
  allowedCalls(now: number): number {
    const { meanInput, meanOutput } = this.#world;
    const perCall = {
      requests: 1,
      inputTokens: meanInput,
      outputTokens: meanOutput,
      tokens: meanInput + meanOutput,
    };
    const calls = this.#quota
      .capacity(now)
      .map(({ dimension, allowed }) => allowed / perCall[dimension]);
    return Math.min(...calls);
  }

  #answer(
    status: number,
    headers: Readonly<Record<string, string>>,
    now: number,
    body: unknown,
  ): ResponseFacts {
    const { dialect, skewMs } = this.#world;
    const organisation =
      dialect === 'anthropic' ? 'anthropic-organization-id' : 'openai-organization';
    const date = new Date(now + skewMs).toUTCString();
    return {
      status,
      headers: { ...headers, date, [organisation]: this.group.organisation },
      body,
    };
  }
}

/** The provider's clock is not the pool's. */
function shifted(snapshot: Snapshot, skewMs: number): Snapshot {
  const entries = Object.entries(snapshot).map(([dimension, state]) => [
    dimension,
    { ...state, wholeAt: state.wholeAt + skewMs },
  ]);
  return Object.fromEntries(entries);
}
