import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpendProbeError } from '../../../src/core/errors.js';
import { openrouterSpend } from '../../../src/spend/probes/openrouter.js';
import { SpendChecker } from '../../../src/spend/spend-checker.js';
import { aPool } from '../../helpers/pool.js';
import { aKey } from '../a-checker.js';
import { aServer, sendText, type TestServer } from './a-server.js';
import { probes } from './probes.js';

const SECRET = 'sk-spend-0123456789abcdef';
const NUMBERLESS = {
  usage: 'much',
  limit: [],
  total_balance: {},
  spend: true,
  available_balance: 'x',
};
/** Every provider's envelope, with figures that are none. */
const wrongTypes = {
  ...NUMBERLESS,
  code: 0,
  info: NUMBERLESS,
  data: { ...NUMBERLESS, remainingCredits: '1e5' },
  key: NUMBERLESS,
  account: {},
  balance_infos: [NUMBERLESS],
  total_usage: 'x',
  character_count: 'x',
  this_month_usage: 'x',
};

type Answer = (response: ServerResponse) => void;
const html = '<!doctype html><title>Sign in</title>';
const broken: readonly [what: string, kind: string, words: RegExp, answer: Answer][] = [
  ['HTML', 'body', /got HTML/, (to) => sendText(to, 200, html, { 'content-type': 'text/html' })],
  ['500', 'status', /500 \(server_error\)/, (to) => sendText(to, 500, '{"error":"oops"}')],
  ['500 as HTML', 'status', /500/, (to) => sendText(to, 500, html)],
  ['502, empty', 'status', /502/, (to) => sendText(to, 502, '')],
  ['503', 'status', /503 \(overloaded\)/, (to) => sendText(to, 503, '{"message":"busy"}')],
  [
    '401',
    'status',
    /401 \(invalid_key\)/,
    (to) => sendText(to, 401, '{"error":{"code":"invalid_api_key"}}'),
  ],
  [
    '401 that echoes the key',
    'status',
    /401/,
    (to) => sendText(to, 401, `{"error":{"message":"Incorrect key ${SECRET}, or ${SECRET}x"}}`),
  ],
  [
    '403',
    'status',
    /403/,
    (to) => sendText(to, 403, '{"error":{"message":"Management keys only"}}'),
  ],
  ['404', 'status', /404/, (to) => sendText(to, 404, html)],
  ['410: switched off', 'status', /410/, (to) => sendText(to, 410, '{}')],
  ['402 and no more', 'status', /402/, (to) => sendText(to, 402, '')],
  ['429', 'status', /429/, (to) => sendText(to, 429, '{}', { 'retry-after': '120' })],
  ['200 with an error', 'status', /200/, (to) => sendText(to, 200, '{"error":{"message":"nope"}}')],
  ['nothing', 'body', /an empty body/, (to) => sendText(to, 200, '')],
  ['null', 'body', /another JSON value/, (to) => sendText(to, 200, 'null')],
  ['a list', 'body', /another JSON value/, (to) => sendText(to, 200, '[1]')],
  ['an empty object', 'body', /expected/, (to) => sendText(to, 200, '{}')],
  ['half an object', 'body', /no JSON/, (to) => sendText(to, 200, '{"data":{"usa')],
  ['text', 'body', /no JSON/, (to) => sendText(to, 200, `your key is ${SECRET}`)],
  ['wrong types', 'body', /expected/, (to) => sendText(to, 200, JSON.stringify(wrongTypes))],
  ['2 MB', 'too-large', /larger than 1048576/, (to) => sendText(to, 200, ' '.repeat(2 ** 21))],
  [
    '2 MB of which nobody was told',
    'too-large',
    /larger than 1048576/,
    (to) => {
      to.writeHead(200);
      for (let part = 0; part < 32; part += 1) to.write('x'.repeat(65_536));
      to.end();
    },
  ],
  ['302', 'redirect', /302/, (to) => sendText(to, 302, '', { location: `${elsewhere.url}/login` })],
  ['308', 'redirect', /308/, (to) => sendText(to, 308, '', { location: elsewhere.url })],
  [
    'an end before the end',
    'network',
    /broke off/,
    (to) => {
      to.writeHead(200, { 'content-length': '100' });
      to.write('{"data":', () => to.destroy());
    },
  ],
  ['no answer', 'network', /no answer \(UND_ERR_SOCKET\)/, (to) => to.destroy()],
];

let elsewhere: TestServer;
beforeAll(async () => {
  elsewhere = await aServer((_, response) => sendText(response, 200, '{}'));
});
afterAll(() => elsewhere[Symbol.asyncDispose]());

const names = Object.keys(probes);

describe.each(broken)('an answer that is broken: %s', (_, kind, words, answer) => {
  it.each(names)('%s names it, and the key is unharmed', async (name) => {
    await using server = await aServer((_request, response) => answer(response));
    const { pool, clock } = aPool({ keys: [{ id: 'a', secret: SECRET }] });
    const checker = new SpendChecker({ pool, clock, probe: probes[name]!(server.url) });
    const { outcome, error, reading } = await checker.check('a');
    expect({ outcome, reading }).toEqual({ outcome: 'failed' });
    expect(error).toBeInstanceOf(SpendProbeError);
    expect(error).toMatchObject({ code: 'SPEND_PROBE_FAILED', kind });
    const { message, stack = '' } = error as SpendProbeError;
    expect(message).toMatch(words);
    expect(message.startsWith(`${name}: `)).toBe(true);
    expect(stack + JSON.stringify(error)).not.toContain(SECRET);
    expect(pool.keys()[0]).toMatchObject({ state: 'ready', cooldowns: [] });
    expect(elsewhere.requests).toEqual([]);
  });
});

it.each(names)('%s that never answers costs its timeout', async (name) => {
  await using server = await aServer(() => {});
  const arrival = server.arrival();
  const { pool, clock } = aPool({ keys: [{ id: 'a', secret: SECRET }] });
  const checker = new SpendChecker({ pool, clock, probe: probes[name]!(server.url) });
  const checked = checker.check('a');
  await arrival;
  await clock.advance(30_000);
  expect(await checked).toMatchObject({
    outcome: 'failed',
    error: { kind: 'timeout' },
    ms: 30_000,
  });
  expect(pool.keys()[0]?.state).toBe('ready');
});

it.each(names)('%s heeds how long a provider wants to be left alone', async (name) => {
  await using server = await aServer((_, response) =>
    sendText(response, 429, '{}', { 'retry-after': '120' }),
  );
  const { pool, clock } = aPool({ keys: [{ id: 'a', secret: SECRET }] });
  const checker = new SpendChecker({ pool, clock, probe: probes[name]!(server.url) });
  expect(await checker.check('a')).toMatchObject({ error: { status: 429, retryAfterMs: 120_000 } });
  const asked = server.requests.length;
  await clock.advance(60_000);
  expect(await checker.check('a')).toMatchObject({ outcome: 'skipped' });
  expect(server.requests).toHaveLength(asked);
});

// Refusals that say of this very key that its money is gone.
it.each([
  [
    'by its type',
    429,
    {
      error: {
        message: 'Budget has been exceeded! Current cost: 10.5, Max budget: 10.0',
        type: 'budget_exceeded',
        code: '429',
      },
    },
  ],
  [
    'in words',
    400,
    {
      error: {
        message: 'Budget has been exceeded! Current cost: 10.5, Max budget: 10.0',
        type: 'auth_error',
        code: 400,
      },
    },
  ],
] as const)('LiteLLM’s refusal for money, %s, is a reading', async (_, status, body) => {
  await using server = await aServer((_request, response) =>
    sendText(response, status, JSON.stringify(body)),
  );
  const { pool, clock } = aPool({ keys: [{ id: 'a', secret: SECRET }] });
  const checker = new SpendChecker({ pool, clock, probe: probes['litellm']!(server.url) });
  const { outcome, reading } = await checker.check('a');
  expect({ outcome, reading }).toMatchObject({ outcome: 'no-backup', reading: { exceeded: true } });
  expect(pool.keys()[0]).toMatchObject({ exhaustedFor: 'budget_exceeded' });
});

it('a refusal of the gateway’s own upstream is no reading', async () => {
  const message = 'litellm.RateLimitError: Budget has been exceeded! Received Model Group=gpt-4o';
  await using server = await aServer((_, response) =>
    sendText(response, 429, JSON.stringify({ error: { message, type: null, code: '429' } })),
  );
  const { pool, clock } = aPool({ keys: [{ id: 'a', secret: SECRET }] });
  const checker = new SpendChecker({ pool, clock, probe: probes['litellm']!(server.url) });
  expect(await checker.check('a')).toMatchObject({ outcome: 'failed' });
});

it('nothing is fetched before a key is checked, and then by the fetch that was given', async () => {
  const { litellmSpend } = await import('keypool/spend');
  const asked: [unknown, RequestInit | undefined][] = [];
  const probe = litellmSpend({
    baseUrl: 'https://litellm.test/',
    fetch: async (input, init) => {
      asked.push([input, init]);
      return Response.json({ info: { spend: 1, max_budget: 2 } });
    },
  });
  expect(asked).toEqual([]);
  const { pool, clock } = aPool({ keys: [{ id: 'a', secret: SECRET }] });
  await new SpendChecker({ pool, clock, probe }).checkAll();
  expect(asked).toMatchObject([['https://litellm.test/key/info', { redirect: 'manual' }]]);
});

it.each([
  [{}, /^baseUrl: expected a string/],
  [{ baseUrl: 'litellm.test' }, /^baseUrl: expected an address that begins with/],
  [{ baseUrl: 'http://x', fetch: 5 }, /^fetch: expected a function/],
])('options that are wrong are named: %j', async (options, message) => {
  const { litellmSpend } = await import('keypool/spend');
  expect(() => litellmSpend(options as never)).toThrow(message);
});

it.each([
  [{ unit: 'x', spent: 'a' }, /^request: expected a function/],
  [{ request: () => {}, unit: '', spent: 'a' }, /^unit: expected a string/],
  [{ request: () => {}, unit: 'x' }, /^spent: expected a field/],
  [{ request: () => {}, unit: 'x', spent: 5 }, /^spent: expected a path/],
  [{ request: () => {}, unit: 'x', spent: 'a', scope: 'b' }, /^scope: expected 'key'/],
])('options of jsonSpend that are wrong are named: %j', async (options, message) => {
  const { jsonSpend } = await import('keypool/spend');
  expect(() => jsonSpend(options as never)).toThrow(message);
});

it('an echoed key is taken out whole, though a part of it looks like a key of its own', async () => {
  const error = { message: 'refused: key=first,second-half' };
  const answer = Response.json({ error }, { status: 400 });
  const probe = openrouterSpend({ fetch: async () => answer });
  const context = { signal: new AbortController().signal, now: 0 };
  const failing = probe(aKey('first,second-half'), context);
  await expect(failing).rejects.toThrow('answered 400');
  await expect(failing).rejects.not.toThrow(/first|second/);
});
