import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binding, bindings, shareUsed } from './capacity.js';
import { type DemoCall, meanCost } from './load.js';
import { type Count, Referee } from './referee.js';
import { DURATION_MS, startProvider } from './scenario.js';

/** As many as will be in flight at once. */
const WARM_UP_CALLS = 300;

/** A way of sharing keys among calls. */
export interface Contestant {
  readonly name: string;
  /** Resolves once the call is answered; rejects when `signal` says that time is up. */
  serve(call: DemoCall, referee: Referee, signal: AbortSignal): Promise<void>;
}

/** How a contestant fared. */
export interface Result extends Count {
  readonly name: string;
  readonly offered: number;
  /** Of all calls, those that were never served included. */
  readonly longestWaitMs: number;
  /** 429s by the provider's own count. */
  readonly refused: number;
  readonly overruns: number;
  /** Each organisation's tightest limit, at the moment when time was up. */
  readonly bindings: readonly Binding[];
  /** Share of all that the limits allowed. */
  readonly share: number;
}

/** Told every tenth of a second what has happened so far. */
export type Watch = (name: string, elapsedMs: number, count: Count) => void;

/** Lets a contestant serve the load for a while, against a provider with fresh limits. */
export async function contest(
  contestant: Contestant,
  load: readonly DemoCall[],
  watch: Watch,
): Promise<Result> {
  await using provider = await startProvider();
  await warmUp(provider.url, load);
  provider.resetStats();
  const referee = new Referee(provider.url);
  const stopWatching = every(100, (ms) => watch(contestant.name, ms, referee.count()));
  const timeUp = new AbortController();
  // Everybody listens to this one signal; Node takes more than ten listeners for a leak.
  setMaxListeners(0, timeUp.signal);

  const calls = load.map(async (call) => {
    await sleep(call.atMs);
    await contestant.serve(call, referee, timeUp.signal);
  });
  const ended = Promise.allSettled(calls);
  await sleep(DURATION_MS);
  // Read before anybody leaves: what the limits regain from now on is nobody's to use.
  const used = bindings(provider.stats().capacity, meanCost(load));
  timeUp.abort();
  const outcomes = await ended;
  stopWatching();
  throwUnexpected(outcomes);

  const { refused, overruns } = provider.stats();
  const count = referee.count();
  const oldest = load[outcomes.findIndex(({ status }) => status === 'rejected')];
  return {
    ...count,
    name: contestant.name,
    offered: load.length,
    longestWaitMs: Math.max(count.waits.at(-1) ?? 0, DURATION_MS - (oldest?.atMs ?? DURATION_MS)),
    refused,
    overruns,
    bindings: used,
    share: shareUsed(used),
  };
}

/** Opens connections: the contest is about limits, not about whose engine is cold. */
async function warmUp(url: string, load: readonly DemoCall[]): Promise<void> {
  const stranger = new Referee(url);
  const calls = load.slice(0, WARM_UP_CALLS);
  const responses = calls.map((call) => stranger.send(call, 'sk-ant-nobody', 0));
  for (const response of await Promise.all(responses)) await response.text();
}

function every(periodMs: number, action: (elapsedMs: number) => void): () => void {
  const startedAt = performance.now();
  const timer = setInterval(() => action(performance.now() - startedAt), periodMs);
  return () => clearInterval(timer);
}

/** Callers who are still waiting when time is up leave with an `AbortError`; nothing else may fail. */
function throwUnexpected(outcomes: readonly PromiseSettledResult<void>[]): void {
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    const reason: unknown = outcome.reason;
    if (!(reason instanceof Error) || reason.name !== 'AbortError') throw reason;
  }
}
