// In a clone of this repository, after `npm ci`: npx tsx examples/spend.ts
import { KeyPool, MemoryRotationStore } from 'keypool';
import { openai } from 'keypool/providers';
import { litellmSpend, MemorySpendHistory, SpendChecker, type SpendForecast } from 'keypool/spend';
import { FakeClock, startFakeProvider } from 'keypool/testing';

// Stands in for a LiteLLM proxy; time is the example's own, so that an hour takes a moment.
const clock = new FakeClock();
const limits = { '*': { requests: { limit: 10_000, windowMs: 60_000 } } };
const keys = ['sk-slow', 'sk-steady', 'sk-fast', 'sk-spare'];
await using fake = await startFakeProvider({ clock, organisations: [{ id: 'o', keys, limits }] });
const perRequest = { 'sk-slow': 0.002, 'sk-steady': 0.01, 'sk-fast': 0.062, 'sk-spare': 0.01 };
for (const [key, cost] of Object.entries(perRequest)) {
  fake.spend(key, { maxBudget: 10, perRequest: cost });
}

const store = new MemoryRotationStore({ clock });
const named = (secret: string) => ({ id: secret.slice(3), secret });
await store.addKeys(keys.slice(0, 3).map(named));
await store.addBackups(keys.slice(3).map(named));
await using pool = new KeyPool({ clock, store, provider: openai() });
pool.on('overBudget', ({ id, reason }) => console.log(`${id} is over its budget: ${reason}`));
pool.on('rotated', ({ id, to }) => console.log(`${to} replaces ${id}\n`));

const probe = litellmSpend({ baseUrl: fake.url });
const history = new MemorySpendHistory();
await using checker = new SpendChecker({ clock, pool, probe, history });

for (let quarter = 1; quarter <= 4; quarter += 1) {
  await serve(50);
  await clock.advance(900_000);
  await checker.checkAll();
  show(quarter);
}
const rows = await history.list();
console.log(
  `${rows.length} rows of history, ${rows.filter(({ event }) => event).length} of a rotation`,
);

/** Calls each key as often. */
async function serve(calls: number): Promise<void> {
  await pool.ready();
  const body = JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hello' }] });
  for (const { id } of pool.keys()) {
    for (let call = 0; call < calls; call += 1) {
      await pool.run({ key: id }, ({ secret }) =>
        fetch(`${fake.url}/v1/chat/completions`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${secret.reveal()}`,
            'content-type': 'application/json',
          },
          body,
        }),
      );
    }
  }
}

function show(quarter: number): void {
  console.log(`after ${quarter * 15} minutes`);
  console.log(['key'.padEnd(8), 'spent', 'budget', 'per hour', 'to budget'].join('   '));
  for (const { id, spend } of pool.keys()) {
    const forecast = checker.forecast(id);
    const figures = [dollars(spend?.spent), dollars(spend?.limit ?? undefined)];
    const burn = forecast?.samples ? forecast.burnPerHour : undefined;
    const rest = [dollars(burn).padStart(8), hours(forecast).padStart(9)];
    console.log([id.padEnd(8), figures[0], figures[1]?.padStart(6), ...rest].join('   '));
  }
  console.log();
}

function dollars(amount: number | undefined): string {
  return amount === undefined ? '    –' : amount.toFixed(2).padStart(5);
}

function hours(forecast: SpendForecast | undefined): string {
  const ms = forecast?.timeToLimit ?? Infinity;
  return ms === Infinity ? '–' : `${(ms / 3_600_000).toFixed(1)} h`;
}
