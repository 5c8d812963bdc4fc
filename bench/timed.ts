import { BareScan } from './bare-scan.js';
import type { Measured } from './case.js';
import { median } from './median.js';
import { processorMs } from './processor-time.js';

/** Performs so many operations. */
export type Operate = (count: number) => void | Promise<void>;

const ROUNDS = 5;
const WARMUP_MS = 250;
const MEASURED_MS = 80;
const BARE_MS = 30;
/** Long enough to drown the reading of the stopwatch. */
const BATCH_MS = 0.5;

/**
 * Nanoseconds of processor time an operation, garbage collection included: the median of the rounds.
 * The bare cost, B0 unless told otherwise, is measured before, between and after them, so that a
 * noisy neighbour shows and slows both.
 */
export async function timed(operate: Operate, bareOperate = bareScan()): Promise<Measured> {
  // Cold code is slow: a batch sized by it would be so small that the stopwatch is what is measured.
  await nsEach(bareOperate, await batchOf(bareOperate), BARE_MS);
  await nsEach(operate, await batchOf(operate), WARMUP_MS);
  const bareBatch = await batchOf(bareOperate);
  const batch = await batchOf(operate);
  const rounds: number[] = [];
  const bare = [await nsEach(bareOperate, bareBatch, BARE_MS)];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await nsEach(operate, batch, MEASURED_MS));
    bare.push(await nsEach(bareOperate, bareBatch, BARE_MS));
  }
  const value = median(rounds);
  return { value, ratio: value / median(bare), bare };
}

/** Performs `operation` over and over. */
export function repeated(operation: () => unknown): Operate {
  return (count) => {
    for (let done = 0; done < count; done += 1) operation();
  };
}

/** B0: 10,000 keys in turn, none exhausted. */
function bareScan(): Operate {
  const scan = new BareScan(10_000, 1e12);
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      const lease = scan.acquire(1_000);
      if (lease === undefined) throw new Error('Expected a lease');
      scan.release(lease, 800);
    }
  };
}

/** How many operations make one sample. */
async function batchOf(operate: Operate): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const startedAt = processorMs();
    await operate(count);
    if (processorMs() - startedAt > BATCH_MS) return count;
  }
}

/** The mean over some time: who makes garbage pays for its collection. */
async function nsEach(operate: Operate, batch: number, forMs: number): Promise<number> {
  const startedAt = processorMs();
  let passedMs = 0;
  let done = 0;
  while (passedMs < forMs) {
    await operate(batch);
    done += batch;
    passedMs = processorMs() - startedAt;
  }
  return (passedMs * 1e6) / done;
}
