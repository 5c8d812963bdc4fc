// How long a check of the whole pool takes, beside the same requests by bare fetch. The provider is
// another process on this machine, answering after 50 ms.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KeyPool } from 'keypool';
import { litellmSpend, SpendChecker } from 'keypool/spend';
import { median } from './median.js';

const KEYS = 1_000;
const ANSWER_MS = 50;
const WARM_UP = 4;
const ROUNDS = 40;
/** What is left to be cleaned up after a round is no part of the next. */
const PAUSE_MS = 20;
/** One after another they take ANSWER_MS each: a tenth of them tells. */
const SEQUENTIAL = 100;

if (process.argv[2] === 'provider') await serve();
else await measure();

async function serve(): Promise<void> {
  const body = JSON.stringify({ key: 'hash', info: { spend: 1, max_budget: 10, user_id: null } });
  const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => {
    setTimeout(() => {
      response.setHeader('content-type', 'application/json');
      response.end(body);
    }, ANSWER_MS);
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 2 * KEYS });
  await once(server, 'listening');
  process.send?.(server.address());
  process.once('disconnect', () => process.exit());
}

async function measure(): Promise<void> {
  const provider = fork(fileURLToPath(import.meta.url), ['provider']);
  const [{ port }] = await once(provider, 'message');
  const baseUrl = `http://127.0.0.1:${port}`;
  const keys = Array.from({ length: KEYS }, (_, index) => ({ secret: `sk-${index}` }));
  const pool = new KeyPool({ keys });
  const checker = new SpendChecker({ pool, probe: litellmSpend({ baseUrl }) });

  // The same requests that the probe makes.
  const headersOf = (secret: string) => ({
    authorization: `Bearer ${secret}`,
    accept: 'application/json',
  });
  const ask = async (secret: string): Promise<unknown> => {
    const response = await fetch(`${baseUrl}/key/info`, { headers: headersOf(secret) });
    return response.json();
  };
  const bare = () => Promise.all(keys.map(({ secret }) => ask(secret)));
  // What a check cannot do without: a time limit each, and no redirect followed with the key.
  const careful = () =>
    Promise.all(
      keys.map(async ({ secret }) => {
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), 30_000);
        const response = await fetch(`${baseUrl}/key/info`, {
          headers: headersOf(secret),
          redirect: 'manual',
          signal: controller.signal,
        });
        await response.json();
        clearTimeout(timer);
      }),
    );
  const checkAll = async () => {
    const { checks } = await checker.checkAll();
    const failed = checks.find(({ outcome }) => outcome !== 'ok');
    if (failed !== undefined) throw new Error(`Expected ok, got ${JSON.stringify(failed)}`);
  };

  // In turn, and another first each time: some of what one throws away is collected under the next, so
  // that each has to come after each of the others. The first rounds open the sockets.
  const ways = [bare, careful, checkAll].map((run) => ({ run, ms: [] as number[] }));
  const order = [...ways];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const { run, ms } of order) {
      const passedMs = await timed(run);
      await sleep(PAUSE_MS);
      if (round >= 0) ms.push(passedMs);
    }
    order.push(...order.splice(0, 1));
  }
  const [bareMs = Number.NaN, carefulMs = Number.NaN, checkMs = Number.NaN] = ways.map(({ ms }) =>
    median(ms),
  );
  const before = heapMb();
  for (let round = 0; round < ROUNDS; round += 1) await checkAll();
  const grownMb = heapMb() - before;
  const sequentialMs =
    (await timed(async () => {
      for (const { secret } of keys.slice(0, SEQUENTIAL)) await ask(secret);
    })) *
    (KEYS / SEQUENTIAL);
  await checker.stop();
  await pool.close();
  provider.disconnect();

  console.log(
    `${KEYS} keys, a provider that answers after ${ANSWER_MS} ms, median of ${ROUNDS} rounds\n`,
  );
  row('bare Promise.all(fetch)', bareMs, bareMs);
  row('the same with a time limit each', carefulMs, bareMs);
  row('checkAll()', checkMs, bareMs);
  row(`one after another (${SEQUENTIAL} measured)`, sequentialMs, bareMs);
  console.log(`\nheap after ${ROUNDS} more rounds: ${grownMb.toFixed(1)} MB more`);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function heapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function row(name: string, ms: number, base: number): void {
  const figures = [`${Math.round(ms).toLocaleString('en')} ms`, `${(ms / base).toFixed(2)} ×`];
  console.log([name.padEnd(36), ...figures.map((figure) => figure.padStart(10))].join(' '));
}
