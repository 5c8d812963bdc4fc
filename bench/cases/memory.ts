import { KeyPool, roundRobin } from 'keypool';
import type { Case, Measured, Peer } from '../case.js';
import { each } from '../crowd.js';
import { finish, fourCosts, fourLimits } from '../keypool.js';
import { newId, newSecret } from '../secrets.js';

const KEYS = 100_000;
const ROW = '100,000 keys, four limits, each used once';

/** Bytes that stay allocated for a key, its secret of 108 characters and its id included. */
export function* memory(): Generator<Case> {
  const common = { group: 'memory', row: ROW, needsGc: true, runs: 1 };
  yield { ...common, subject: 'bare', measure: () => bytesEach(KEYS, strings) };
  yield { ...common, subject: 'keypool', measure: () => bytesEach(KEYS, poolOf) };
  for (const { subject, keys = KEYS, hold } of PEERS) {
    yield { ...common, subject, measure: () => bytesEach(keys, hold) };
  }
}

interface Holder {
  readonly subject: Peer;
  readonly keys?: number;
  readonly hold: (keys: number) => unknown;
}

const PEERS: readonly Holder[] = [
  {
    subject: 'limiter',
    hold: async (keys) => (await import('../peers/limiter.js')).hold(keys),
  },
  {
    subject: 'rate-limiter-flexible',
    hold: async (keys) => (await import('../peers/rate-limiter-flexible.js')).hold(keys),
  },
  {
    subject: 'bottleneck',
    // Per key it is the same; 100,000 would take minutes.
    keys: 20_000,
    hold: async (keys) => (await import('../peers/bottleneck.js')).hold(keys),
  },
  {
    subject: 'original loop',
    hold: async (keys) => (await import('../peers/original-loop.js')).hold(keys),
  },
];

/** The least that must be kept. */
function strings(keys: number): unknown {
  return each({ keys }, (index) => [newId(index), newSecret()]);
}

function poolOf(keys: number): KeyPool {
  const pool = new KeyPool({
    keys: each({ keys }, (index) => ({ id: newId(index), secret: newSecret() })),
    limits: fourLimits,
    selector: roundRobin(),
  });
  const { request, usage = {} } = fourCosts;
  for (let used = 0; used < keys; used += 1) finish(pool.tryAcquire(request), usage);
  return pool;
}

async function bytesEach(keys: number, hold: (keys: number) => unknown): Promise<Measured> {
  // Loads and compiles whatever there is to load and compile.
  await hold(10);
  const before = bytesInUse();
  const held = await hold(keys);
  const value = (bytesInUse() - before) / keys;
  if (held === undefined) throw new Error('Expected something to be held');
  return { value };
}

function bytesInUse(): number {
  for (let pass = 0; pass < 4; pass += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
