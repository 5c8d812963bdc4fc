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

export interface TrialsOptions {
  readonly children: Children;
  readonly trials: number;
  readonly seed: number;
  readonly trial: (ring: Ring) => Promise<Verdict>;
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
    const topology = (first / BATCH) % 2 === 0 ? 'standalone' : 'replicaSet';
    await using server = await startWireServer({ topology });
    const client = new MongoClient(server.uri);
    try {
      let next = first;
      const work = async () => {
        for (let index = next++; index < Math.min(first + BATCH, trials); index = next++) {
          const db = client.db(`trial-${index}`);
          const random = randomFrom(seed + index);
          const { children, trial } = options;
          const verdict = await trial({ server, children, db, random });
          if (verdict.hasStruck) struck += 1;
          const where = `seed ${seed + index}, ${topology}`;
          failures.push(...verdict.failures.map((failure) => `${where}: ${failure}`));
        }
      };
      await Promise.all(Array.from({ length: inFlight }, work));
    } finally {
      await client.close();
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
