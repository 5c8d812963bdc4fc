import { describe, expect, it } from 'vitest';
import { SpendChecker } from '../../../src/spend/spend-checker.js';
import { aPool } from '../../helpers/pool.js';
import { aServer, type Handler, sendText, type TestServer } from './a-server.js';
import { probes } from './probes.js';

type Answer = object | number;

/** A proxy that answers each path with a body, or refuses it with a status. */
const aProxy = (answers: Readonly<Record<string, Answer>>): Handler => {
  return (request, response) => {
    const answer = answers[(request.url ?? '').replace(/\?.*/, '')] ?? 404;
    if (typeof answer === 'number') return sendText(response, answer, '{"detail":"no"}');
    sendText(response, 200, JSON.stringify(answer));
  };
};

const aKey = (spend: number, max_budget: number | null) => ({
  info: { spend, max_budget, user_id: 'u', team_id: 't' },
});

async function check(server: TestServer) {
  const { pool, clock } = aPool({ keys: [{ id: 'a', secret: 'sk-spend-0123456789abcdef' }] });
  const checker = new SpendChecker({ pool, clock, probe: probes['litellm']!(server.url) });
  return checker.check('a');
}

it('a small budget of the key is held under a large one of its user', async () => {
  await using server = await aServer(
    aProxy({
      '/key/info': aKey(9.5, 10),
      '/user/info': { user_info: { spend: 960, max_budget: 1000 } },
    }),
  );
  expect(await check(server)).toMatchObject({
    outcome: 'no-backup',
    reading: { spent: 9.5, limit: 10, scope: 'key', others: [{ spent: 960, limit: 1000 }] },
  });
});

it('a budget of the user is held though the key has room in its own', async () => {
  await using server = await aServer(
    aProxy({
      '/key/info': aKey(5, 10),
      '/user/info': { user_info: { spend: 950, max_budget: 1000 } },
    }),
  );
  expect(await check(server)).toMatchObject({ outcome: 'no-backup', reading: { scope: 'key' } });
});

describe.each([
  ['a user that is not found there', 400],
  ['a user that is not to be seen', 403],
])('%s', (_, status) => {
  it('leaves the key its own budget', async () => {
    await using server = await aServer(
      aProxy({ '/key/info': aKey(9.5, 10), '/user/info': status }),
    );
    expect(await check(server)).toMatchObject({ outcome: 'no-backup', reading: { spent: 9.5 } });
  });

  it('is no word that there is no budget', async () => {
    await using server = await aServer(
      aProxy({ '/key/info': aKey(9.5, null), '/user/info': status }),
    );
    const { reading } = await check(server);
    expect(reading).toMatchObject({ spent: 9.5, scope: 'key' });
    expect(reading).not.toHaveProperty('limit');
  });
});

it.each([429, 500, 503])('a user asked for in vain (%i) fails the check', async (status) => {
  await using server = await aServer(aProxy({ '/key/info': aKey(5, 10), '/user/info': status }));
  const { error, outcome } = await check(server);
  expect(outcome).toBe('failed');
  expect(error).toMatchObject({ kind: 'status', status });
});

it('a key at its limit needs no word about its user', async () => {
  await using server = await aServer(aProxy({ '/key/info': aKey(10, 10), '/user/info': 500 }));
  expect(await check(server)).toMatchObject({ outcome: 'no-backup', reading: { spent: 10 } });
  expect(server.requests.map(({ url }) => url)).toEqual(['/key/info']);
});

it('a team at its limit needs no word about the user', async () => {
  await using server = await aServer(
    aProxy({
      '/key/info': aKey(5, null),
      '/user/info': 500,
      '/team/info': { team_info: { spend: 100, max_budget: 100 } },
    }),
  );
  expect(await check(server)).toMatchObject({ outcome: 'no-backup', reading: { scope: 'team' } });
});

it('a team’s budget that is said to be exceeded counts, though the user fails', async () => {
  const refusal = {
    error: {
      message: 'Budget has been exceeded! Current cost: 10.5, Max budget: 10.0',
      type: 'budget_exceeded',
      code: '429',
    },
  };
  await using server = await aServer((request, response) => {
    const url = request.url ?? '';
    if (url.startsWith('/team')) return sendText(response, 429, JSON.stringify(refusal));
    aProxy({ '/key/info': aKey(5, null), '/user/info': 500 })(request, response);
  });
  expect(await check(server)).toMatchObject({ outcome: 'no-backup', reading: { exceeded: true } });
});
