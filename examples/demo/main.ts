// Twice as many calls as the limits allow, shared out by keypool and by a plain round robin.
// Run it with `npm run demo`. No network but this machine's loopback.
import { contest } from './contest.js';
import { number } from './format.js';
import { drawLoad } from './load.js';
import { PoolContestant } from './pool.js';
import { progress } from './progress.js';
import { comparison, keyTable, summary } from './report.js';
import { RoundRobinContestant } from './round-robin.js';
import { DURATION_MS, organisations, secrets } from './scenario.js';
import { objections } from './verdict.js';

const load = drawLoad();
const watch = progress(process.stdout, DURATION_MS);
print(
  `${number(load.length)} calls in ${DURATION_MS / 1_000} s on ${secrets.length} keys of ` +
    `${organisations.length} organisations with different limits, of which nobody is told`,
);

const keypool = new PoolContestant();
const pool = await contest(keypool, load, watch);
const keys = keypool.keys();
const rival = await contest(new RoundRobinContestant(), load, watch);

print(comparison([pool, rival]));
print(keyTable(keys));
print(summary(pool, rival, keys));

const against = objections(pool, rival);
print(against.length === 0 ? 'PASSED' : `FAILED: ${against.join('; ')}`);
process.exitCode = against.length === 0 ? 0 : 1;

function print(text: string): void {
  console.log(`${process.stdout.isTTY ? '\r\u001b[K' : ''}${text}\n`);
}
