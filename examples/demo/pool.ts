import { KeyPool, type KeyView } from 'keypool';
import { anthropic } from 'keypool/providers';
import type { Contestant } from './contest.js';
import type { DemoCall } from './load.js';
import type { Referee } from './referee.js';
import { secrets } from './scenario.js';

/** A key after the contest. */
export interface KeyReport extends KeyView {
  readonly calls: number;
  readonly rests: number;
}

/** keypool: told eight secrets and the provider's name, nothing else. */
export class PoolContestant implements Contestant {
  readonly name = 'keypool';
  readonly #provider = anthropic();
  readonly #pool = new KeyPool({
    provider: this.#provider,
    keys: secrets.map((secret) => ({ secret })),
  });
  readonly #calls = new Map<string, number>();
  readonly #rests = new Map<string, number>();

  constructor() {
    this.#pool.on('leased', ({ id }) => increment(this.#calls, id));
    this.#pool.on('cooled', ({ id }) => increment(this.#rests, id));
  }

  async serve(call: DemoCall, referee: Referee, signal: AbortSignal): Promise<void> {
    const askedAt = performance.now();
    const cost = this.#provider.estimate(call.body);
    for (;;) {
      using lease = await this.#pool.acquire({ ...cost, signal });
      const response = await referee.send(call, lease.secret.reveal(), askedAt);
      lease.observe(response);
      const usage = this.#provider.readUsage(await response.json());
      if (usage !== undefined) lease.settle(usage);
      if (response.status !== 429) return;
    }
  }

  keys(): readonly KeyReport[] {
    return this.#pool.keys().map((key) => ({
      ...key,
      calls: this.#calls.get(key.id) ?? 0,
      rests: this.#rests.get(key.id) ?? 0,
    }));
  }
}

function increment(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
