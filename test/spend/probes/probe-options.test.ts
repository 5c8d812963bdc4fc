import {
  deepseekSpend,
  elevenLabsSpend,
  jsonSpend,
  litellmSpend,
  moonshotSpend,
  newApiSpend,
  openrouterSpend,
  type SpendProbe,
  serpApiSpend,
  tavilySpend,
} from 'keypool/spend';
import { expect, it } from 'vitest';
import { aKey } from '../a-checker.js';

const signal = new AbortController().signal;
const NOW = Date.UTC(2026, 5, 1);

const failure = (probe: SpendProbe, secret?: string): Promise<unknown> =>
  probe(aKey(secret), { signal, now: NOW }).catch((error: unknown) => error);

it.each([
  'http://u:p@host',
  'http://u@host',
  'https://host?key=1',
  'https://host#x',
  'https://ho st',
  'http://[',
])('%s is refused as a base', (baseUrl) => {
  for (const make of [litellmSpend, newApiSpend, moonshotSpend, tavilySpend]) {
    expect(() => make({ baseUrl })).toThrow(/^baseUrl: expected an address .* a string of/);
  }
});

it.each(
  Object.entries({
    deepseekSpend,
    elevenLabsSpend,
    jsonSpend,
    litellmSpend,
    moonshotSpend,
    newApiSpend,
    tavilySpend,
  }),
)('%s names options that are none', (_, make) => {
  for (const options of [null, 5, 'https://host']) {
    expect(() => make(options as never)).toThrow(/^options: expected an object/);
  }
});

it.each<[string, (options: never) => SpendProbe, object]>([
  ['baseURL', litellmSpend, { baseURL: 'https://host' }],
  ['baseUrll', deepseekSpend, { baseUrll: 'https://host' }],
  ['lag', moonshotSpend, { lag: 5 }],
  ['units', newApiSpend, { baseUrl: 'https://host', units: 'eur' }],
  ['remainig', jsonSpend, { request: () => {}, spent: 'a', unit: 'usd', remainig: 'b' }],
  ['minInterval', jsonSpend, { request: () => {}, spent: 'a', unit: 'usd', minInterval: 5 }],
])('a misspelt name is refused: %s', (name, make, options) => {
  expect(() => make(options as never)).toThrow(`options.${name}: expected "`);
});

it.each([litellmSpend, newApiSpend])('a gateway is asked beside its /v1, not under it', (make) => {
  const expected = /^baseUrl: expected an address without \/v1/;
  expect(() => make({ baseUrl: 'https://host/v1/' })).toThrow(expected);
});

it('says how late its provider counts, a minute unless told', () => {
  expect(openrouterSpend().lagMs).toBe(60_000);
  expect(openrouterSpend({ lagMs: 0 }).lagMs).toBe(0);
  expect(() => openrouterSpend({ lagMs: -1 })).toThrow(
    'lagMs: expected a finite number, 0 or above',
  );
});

it('rejects, and does not throw, where what it is given is no key', async () => {
  const probe = litellmSpend({ baseUrl: 'https://host' });
  await expect(
    probe({ ...aKey(), secret: 'text' as never }, { signal, now: NOW }),
  ).rejects.toThrow();
  await expect(probe(aKey(), undefined as never)).rejects.toThrow();
});

it("a caller's own fetch is given headers that it can add to", async () => {
  const seen: Headers[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    seen.push(new Headers({ ...init?.headers, 'x-proxy': '1' }));
    return Response.json({ data: { usage: 1, limit: 10 } });
  };
  await openrouterSpend({ fetch })(aKey(), { signal, now: NOW });
  expect(seen[0]?.get('authorization')).toContain('Bearer sk-spend');
});

it('who has no address of its own wants one', () => {
  for (const make of [jsonSpend, litellmSpend, newApiSpend]) {
    expect(() => make(undefined as never)).toThrow(/^options: expected an object, got undefined/);
  }
  // @ts-expect-error: the type demands it too.
  expect(() => litellmSpend({})).toThrow(/^baseUrl: expected a string/);
  // @ts-expect-error: the type demands it too.
  expect(() => newApiSpend({})).toThrow(/^baseUrl: expected a string/);
});

it('a key that no header may hold is a fault of the probe, not of the network', async () => {
  const fetch = async () => Response.json({});
  const error = await failure(openrouterSpend({ fetch }), 'sk-€uro-0123456789');
  expect(error).toMatchObject({ kind: 'probe' });
  expect(String(error)).toContain('openrouter.ai/api/v1/key: the key cannot be put in a header');
  expect(String(error)).not.toContain('0123456789');
});

it('errors name what was asked, without its query', async () => {
  const fetch = async () => new Response('<html>', { status: 404 });
  const baseUrl = 'https://proxy.test:4000/llm/';
  expect(String(await failure(litellmSpend({ baseUrl, fetch })))).toContain(
    'litellm: proxy.test:4000/llm/key/info: answered 404',
  );
  const error = String(await failure(serpApiSpend({ fetch })));
  expect(error).toContain('serpapi: serpapi.com/account: answered 404');
  expect(error).not.toContain('api_key');
});

it('an answer longer than it says is too large', async () => {
  const fetch = async () =>
    new Response(' '.repeat(2 ** 21), { headers: { 'content-length': '100' } });
  expect(await failure(openrouterSpend({ fetch }))).toMatchObject({ kind: 'too-large' });
});

it('a limit of OpenRouter of which nothing tells what is used fails the check', async () => {
  const data = { limit: 10, limit_reset: 'monthly', usage: 250 };
  const error = await failure(openrouterSpend({ fetch: async () => Response.json({ data }) }));
  expect(error).toMatchObject({ kind: 'body' });
  expect(String(error)).toContain('data.limit_remaining: expected a number, got nothing');
});
