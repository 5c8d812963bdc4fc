// What the pool costs per call, beside B0: a bare scan that does nothing but hand keys out.
// Run it with `npm run bench`, or `npm run bench -- "<a case's name>"` for that case alone. Ratios
// travel from one machine to another, nanoseconds do not; nothing is asserted.
import { leastLoaded, readLimits, roundRobin } from 'keypool';
import { Bench } from 'tinybench';
import { BareScan } from './bare-scan.js';
import { awaited, type Case, fourLimits, refused, served } from './pool-cases.js';
import { type Row, table } from './table.js';

/** Operations a sample: enough to drown the reading of the stopwatch. */
const BATCH = 500;
const WARMUP_MS = 300;
const MEASURED_MS = 900;

const headers = anthropicHeaders();
/** What else comes with a response of Anthropic's. */
const crowded = anthropicHeaders();
for (const name of ['server', 'cf-ray', 'request-id', 'content-type', 'content-encoding', 'via']) {
  crowded.set(name, 'whatever stands here');
}
crowded.set('date', 'Thu, 01 Jan 2026 00:00:00 GMT');
const names = [...headers.keys()];
const receivedAt = Date.parse('2026-01-01T00:00:00Z');

const [, , wanted] = process.argv;
const rows: Row[] = [];
for (const each of cases()) {
  if (wanted !== undefined && each.name !== wanted && !isBase(each)) continue;
  rows.push({ name: each.name, ns: await nsPerOperation(each) });
}
// A neighbour on the machine can only slow B0 down: of its two measurements the lower is truer.
const base = Math.min(...rows.filter(isBase).map(({ ns }) => ns));
console.log(table(rows, base));

function* cases(): Generator<Case> {
  yield bare('B0: bare scan, 10,000 keys');
  for (const selector of [roundRobin, leastLoaded]) {
    for (const keys of [1, 10, 100, 1_000, 10_000]) {
      yield served({ selector, keys });
      // Of one key, nine tenths are none.
      if (keys > 1) yield served({ selector, keys, exhausted: 0.9 });
    }
    yield served({ selector, keys: 1_000, ...fourLimits });
  }
  yield refused({ selector: leastLoaded, keys: 1_000, exhausted: 1 });
  yield refused({ selector: leastLoaded, keys: 10_000, exhausted: 1 });
  yield awaited({ selector: leastLoaded, keys: 1_000 });
  yield repeated('readLimits, 12 Anthropic headers', () =>
    readLimits({ provider: 'anthropic', status: 200, headers, now: receivedAt }),
  );
  yield repeated('readLimits, the same among 7 others', () =>
    readLimits({ provider: 'anthropic', status: 200, headers: crowded, now: receivedAt }),
  );
  yield repeated('12 bare gets of the same headers', () => {
    for (const name of names) headers.get(name);
  });
  yield bare('B0 again, at the end of the run');
}

function anthropicHeaders(): Headers {
  const headers = new Headers();
  for (const limit of ['requests', 'tokens', 'input-tokens', 'output-tokens']) {
    headers.set(`anthropic-ratelimit-${limit}-limit`, '80000');
    headers.set(`anthropic-ratelimit-${limit}-remaining`, '79000');
    headers.set(`anthropic-ratelimit-${limit}-reset`, '2026-01-01T00:00:59Z');
  }
  return headers;
}

function isBase({ name }: { readonly name: string }): boolean {
  return name.startsWith('B0');
}

function bare(name: string): Case {
  const open = () => {
    const scan = new BareScan(10_000, 1e12);
    return (count: number) => {
      for (let done = 0; done < count; done += 1) {
        const lease = scan.acquire(1_000);
        if (lease === undefined) throw new Error('Expected a lease');
        scan.release(lease, 800);
      }
    };
  };
  return { name, open };
}

function repeated(name: string, operation: () => unknown): Case {
  const open = () => (count: number) => {
    for (let done = 0; done < count; done += 1) operation();
  };
  return { name, open };
}

/** The median sample's: a neighbour's burst or a long collection of garbage is left out. */
async function nsPerOperation({ name, open }: Case): Promise<number> {
  const operate = open();
  const bench = new Bench({ time: MEASURED_MS, warmupTime: WARMUP_MS, throws: true });
  bench.add(name, () => operate(BATCH));
  const [task] = await bench.run();
  if (task?.result.state !== 'completed') throw new Error(`Expected ${name} to complete`);
  return (task.result.latency.p50 * 1e6) / BATCH;
}
