import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contest.js';
import type { DemoCall } from './load.js';
import type { Referee } from './referee.js';
import { secrets } from './scenario.js';

const FIRST_BACK_OFF_MS = 250;
const MAX_BACK_OFF_MS = 4_000;

/**
 * What a gateway does without a pool: keys in turn; on a 429 the next key at once; when all have
 * refused, a rest as long as the shortest Retry-After, and a back-off.
 */
export class RoundRobinContestant implements Contestant {
  readonly name = 'round robin';
  #turn = 0;

  async serve(call: DemoCall, referee: Referee, signal: AbortSignal): Promise<void> {
    const askedAt = performance.now();
    for (let round = 0; ; round += 1) {
      let retryAfterMs = Infinity;
      for (const _ of secrets) {
        signal.throwIfAborted();
        const response = await referee.send(call, this.#nextSecret(), askedAt);
        await response.text();
        if (response.status !== 429) return;
        retryAfterMs = Math.min(retryAfterMs, retryAfterOf(response));
      }
      await sleep(retryAfterMs + backOff(round), undefined, { signal });
    }
  }

  #nextSecret(): string {
    const secret = secrets[this.#turn % secrets.length] ?? '';
    this.#turn += 1;
    return secret;
  }
}

/** Exponential, with full jitter. */
const backOff = (round: number): number =>
  Math.random() * Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** round);

const retryAfterOf = ({ headers }: Response): number =>
  1_000 * Number(headers.get('retry-after') ?? 1);
