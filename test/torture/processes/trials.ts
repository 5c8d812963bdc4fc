import { type Db, MongoClient } from 'mongodb';
import type { Fields } from '../../helpers/wire-server/documents.js';
import { startWireServer, type WireServer } from '../../helpers/wire-server/start-wire-server.js';
import type { Children } from './children.js';
import { randomFrom } from './random.js';

/** Where one trial takes place. */
export interface Ring {
  readonly server: WireServer;
  readonly children: Children;
  readonly db: Db;
  readonly random: () => number;
}

/** What a trial found wrong, and whether its fault struck at all. */
export interface Verdict {
  readonly hasStruck: boolean;
  readonly failures: readonly string[];
}

export type Trial = (ring: Ring) => Promise<Verdict>;

export interface TrialsOptions {
  readonly children: Children;
  readonly trials: number;
  readonly seed: number;
  readonly trial: Trial;
  /** How many run at the same time. @defaultValue 3 */
  readonly inFlight?: number;
}

export interface TrialsReport {
  readonly trials: number;
  /** Trials in which the fault struck. */
  readonly struck: number;
  readonly failures: readonly string[];
}

/** So many trials share a server: what they leave behind in it goes with it. */
const BATCH = 50;

/** Runs trials whose choices come from the seed, each in a database of its own. */
export async function runTrials(options: TrialsOptions): Promise<TrialsReport> {
  const { trials, seed, inFlight = 3 } = options;
  const failures: string[] = [];
  let struck = 0;
  for (let first = 0; first < trials; first += BATCH) {
    await using standalone = await startWireServer({ topology: 'standalone' });
    await using replicaSet = await startWireServer({ topology: 'replicaSet' });
    const servers = [standalone, replicaSet] as const;
    const clients = servers.map(({ uri }) => new MongoClient(uri));
    const last = Math.min(first + BATCH, trials);
    let next = seed + first;
    const work = async () => {
      for (let each = next++; each < seed + last; each = next++) {
        // By the seed alone, so that a trial can be had again without those before it.
        const which = each % 2 === 0 ? 0 : 1;
        const db = clients[which]!.db(`trial-${each}`);
        const { children, trial } = options;
        const ring = { server: servers[which], children, db, random: randomFrom(each) };
        const verdict = await trial(ring);
        if (verdict.hasStruck) struck += 1;
        failures.push(...verdict.failures.map((failure) => `seed ${each}: ${failure}`));
      }
    };
    try {
      await Promise.all(Array.from({ length: inFlight }, work));
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  }
  return { trials, struck, failures };
}

/** Commands of one child on one database; its first question, what server this is, aside. */
export const commandsOf = (db: Db, pid: number) => ({
  appName: `pid:${pid}`,
  where: (command: Fields) => command['$db'] === db.databaseName && !('hello' in command),
});

/** Waits for the next command on the database that is applied, whoever sent it. */
export function changesOf({ server, db }: Ring): () => Promise<void> {
  const hook = server.on({
    where: (command) => command['$db'] === db.databaseName && 'updates' in command,
    times: Infinity,
    fault: { kind: 'pass', when: 'after' },
  });
  return () => hook.reached(hook.hits + 1);
}
