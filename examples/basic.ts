// In a clone of this repository, after `npm ci`: npx tsx examples/basic.ts
import { KeyPool, type Lease } from 'keypool';
import { anthropic } from 'keypool/providers';
import { startFakeProvider } from 'keypool/testing';

// Stands in for api.anthropic.com, so that this runs without a network.
const perMinute = (limit: number) => ({ '*': { requests: { limit, windowMs: 60_000 } } });
await using fake = await startFakeProvider({
  organisations: [
    { id: 'org-a', keys: ['sk-1', 'sk-2'], limits: perMinute(30) },
    { id: 'org-b', keys: ['sk-3'], limits: perMinute(10) },
  ],
});

// Limits, and which keys share them, are learned from responses.
const keys = [{ secret: 'sk-1' }, { secret: 'sk-2' }, { secret: 'sk-3' }];
const provider = anthropic();
await using pool = new KeyPool({ provider, keys });

const messages = [{ role: 'user', content: 'Hello' }];
const body = { model: 'claude-sonnet-4-5', max_tokens: 100, messages };
const send = ({ secret }: Lease) =>
  fetch(`${fake.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': secret.reveal(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

// run: leases, observes and releases; a call that is refused moves on to another key.
for (let call = 1; call <= 6; call += 1) {
  const response = await pool.run(provider.estimate(body), send);
  console.log(`call ${call}: ${response.status}, ${(await response.text()).length} characters`);
}

// acquire: the same by hand, and the estimate gives way to the truth; `using` releases.
using lease = await pool.acquire(provider.estimate(body));
const response = await send(lease);
lease.observe(response);
lease.settle(provider.readUsage(await response.json()));
console.log(`call 7: ${response.status} by ${lease.id}`);

for (const { id, group, limits } of pool.keys()) {
  const { limit, remaining } = limits['claude-sonnet-4']?.requests ?? {};
  console.log(`${id} belongs to ${group}: ${remaining} of ${limit} requests left`);
}
