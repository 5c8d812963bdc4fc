import { type AcquireRequest, KeyPool } from 'keypool';
import type { Case, Measured, Peer } from '../case.js';
import { median } from '../median.js';
import { processorMs } from '../processor-time.js';

/** Many callers come at once, for a key that a hundred at a time may use, and all are served. */
export function* wait(): Generator<Case> {
  const group = 'wait';
  for (const callers of [1_000, 10_000, 100_000]) {
    const isExtra = callers === 1_000;
    const count = callers.toLocaleString('en');
    for (const { name, request, peers } of KINDS) {
      const row = `${count} callers, ${name}`;
      const measure = () => drained(callers, (many) => drain(many, request));
      yield { group, row, subject: 'keypool', isExtra, measure };
      for (const { subject, drain, mostCallers = Infinity } of peers) {
        if (callers > mostCallers) continue;
        yield { group, row, subject, isExtra, measure: () => drained(callers, drain) };
      }
    }
  }
}

interface Queue {
  readonly subject: Peer;
  readonly mostCallers?: number;
  readonly drain: (callers: number) => Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly request: () => AcquireRequest;
  readonly peers: readonly Queue[];
}

/** Some time after the end of the run. */
const deadline = () => 60_000 + Math.floor(60_000 * Math.random());

const KINDS: readonly Kind[] = [
  {
    name: 'no deadline',
    request: () => ({}),
    peers: [
      {
        subject: 'p-queue',
        drain: async (callers) => (await import('../peers/p-queue.js')).drain(callers),
      },
      {
        subject: 'bottleneck',
        // 12 seconds for 10,000.
        mostCallers: 1_000,
        drain: async (callers) => (await import('../peers/bottleneck.js')).drain(callers),
      },
    ],
  },
  {
    name: 'a deadline each',
    request: () => ({ maxWaitMs: deadline() }),
    peers: [
      {
        subject: 'p-queue',
        drain: async (callers) => (await import('../peers/p-queue.js')).drain(callers, deadline),
      },
    ],
  },
];

/** Microseconds a caller, from the first one's coming to the last one's leaving. */
async function drained(
  callers: number,
  drain: (callers: number) => Promise<void>,
): Promise<Measured> {
  // A gateway runs for days: what is compiled in its first second is no part of what a caller costs.
  for (let round = 0; round < WARMUP_ROUNDS; round += 1) {
    await drain(Math.min(callers, WARMUP_CALLERS));
  }
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = processorMs();
    await drain(callers);
    rounds.push((1_000 * (processorMs() - startedAt)) / callers);
  }
  return { value: median(rounds) };
}

const WARMUP_ROUNDS = 5;
const WARMUP_CALLERS = 20_000;
const ROUNDS = 3;

async function drain(callers: number, request: () => AcquireRequest): Promise<void> {
  const keys = [{ secret: 'sk-1', limits: { concurrency: 100 } }];
  const pool = new KeyPool({ keys });
  const calls: Promise<void>[] = [];
  for (let index = 0; index < callers; index += 1) {
    calls.push(pool.acquire(request()).then((lease) => lease.release()));
  }
  await Promise.all(calls);
  await pool.close();
}
