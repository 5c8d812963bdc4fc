import { type JsonSpendOptions, jsonSpend } from 'keypool/spend';
import { describe, expect, it } from 'vitest';
import { isKeyPoolError, type SpendProbeError } from '../../../src/core/errors.js';
import { aKey } from '../a-checker.js';

const signal = new AbortController().signal;
const NOW = Date.UTC(2026, 5, 1);

/** A probe of a provider that answers every request so. */
const aProbe = (body: object, options: Partial<JsonSpendOptions>) =>
  jsonSpend({
    request: () => new Request('https://api.test/secret-path?key=1'),
    unit: 'points',
    fetch: async () => Response.json(body),
    ...options,
  });

const ask = (body: object, options: Partial<JsonSpendOptions>) =>
  aProbe(body, options)(aKey(), { signal, now: NOW });

async function failure(body: object, options: Partial<JsonSpendOptions>): Promise<SpendProbeError> {
  const error: unknown = await ask(body, options).catch((thrown: unknown) => thrown);
  if (isKeyPoolError(error, 'SPEND_PROBE_FAILED')) return error;
  throw new Error('The probe did not fail as it should');
}

describe('paths', () => {
  const body = { data: { limits: [{ value: 7 }, { value: null }], $oid: 3 } };

  it.each([
    ['data.limits.0.value', 7],
    ['data.limits[0].value', 7],
    ['$.data.limits[0].value', 7],
    ['data.$oid', 3],
  ])('%s leads to a figure', async (spent, expected) => {
    expect(await ask(body, { spent })).toMatchObject({ spent: expected });
  });

  it.each(['data..x', '.data', 'data.', 'data["x"]', 'data[*].x', 'data[-1]', '$..x'])(
    '%s is refused when the probe is made',
    (limit) => {
      expect(() => aProbe(body, { spent: 'a', limit })).toThrow(/^limit: expected a path such as/);
    },
  );

  it.each(['spent', 'remaining', 'limit', 'resetsAt'] as const)(
    'one of %s that leads nowhere is named',
    async (name) => {
      const { kind, message } = await failure(body, {
        spent: 'data.limits[0].value',
        [name]: 'data.quota',
      });
      expect(kind).toBe('body');
      expect(message).toBe(`json: api.test: ${name} at data.quota: expected a number, got nothing`);
    },
  );

  it('lead to null where nothing is stated', async () => {
    const limit = 'data.limits[1].value';
    const reading = await ask(body, { spent: 'data.$oid', remaining: limit, limit });
    expect(reading).toEqual({ spent: 3, limit: null, unit: 'points', scope: 'key', asOf: NOW });
    const { message } = await failure(body, { spent: limit, remaining: limit });
    expect(message).toContain(`expected spent at ${limit} or remaining at ${limit}, got nothing`);
  });
});

it.each([
  ['NaN', () => Number(undefined)],
  ['an object', () => ({}) as never],
  ['a list', () => [1] as never],
  ['a string of 1 character', () => 'x' as never],
  ['a value of type boolean', () => true as never],
])('a function that gives %s is told so', async (got, limit) => {
  const { message, kind } = await failure({ a: 1 }, { spent: 'a', limit });
  expect({ message, kind }).toEqual({
    message: `json: api.test: limit: expected a number, got ${got}`,
    kind: 'body',
  });
});

it('a function may leave a figure out, and what it throws is named', async () => {
  expect(await ask({ a: 1 }, { spent: 'a', limit: () => undefined })).not.toHaveProperty('limit');
  const limit = () => {
    throw new TypeError(`no quota for ${aKey().secret.reveal()}`);
  };
  const { kind, message } = await failure({ a: 1 }, { spent: 'a', limit });
  expect(kind).toBe('probe');
  expect(message).toBe('json: api.test: limit: the function threw: no quota for [secret]');
});

describe('the request', () => {
  it('may take its time', async () => {
    const request = async () => new Request('https://api.test/');
    expect(await ask({ a: 1 }, { spent: 'a', request })).toMatchObject({ spent: 1 });
  });

  it('may be of the library that brings its own fetch', async () => {
    const own = { url: 'https://api.test/', method: 'POST' };
    const asked: unknown[] = [];
    const fetch = async (input: unknown) => {
      asked.push(input);
      return Response.json({ a: 1 });
    };
    const request = () => own as Request;
    expect(await ask({}, { spent: 'a', request, fetch })).toMatchObject({ spent: 1 });
    expect(asked).toEqual([own]);
  });

  it.each([
    ['a string of 16 characters', () => 'https://api.test'],
    ['nothing', () => undefined],
    ['an object', () => ({ href: 'x' })],
  ])('is a fault of the probe where it is %s', async (got, request) => {
    const { kind, message } = await failure({}, { spent: 'a', request: request as never });
    expect({ kind, message }).toEqual({
      kind: 'probe',
      message: `json: request: expected a Request, got ${got}`,
    });
  });

  it('is a fault of the probe where it cannot be made, and the key is not told', async () => {
    const secret = 'sk-spend-0123456789abcdef€';
    const probe = aProbe(
      {},
      {
        spent: 'a',
        request: (key) =>
          new Request('https://api.test', {
            headers: { authorization: `Bearer ${key.secret.reveal()}` },
          }),
      },
    );
    const error: unknown = await probe(aKey(secret), { signal, now: NOW }).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: 'SPEND_PROBE_FAILED', kind: 'probe' });
    expect(String(error)).toMatch(/json: request: the function threw: /);
    expect(String(error)).not.toContain('0123456789');
  });
});

it('errors name the host, and no more of an address that may hold the key', async () => {
  const probe = aProbe({}, { spent: 'a', fetch: async () => new Response('', { status: 500 }) });
  const error: unknown = await probe(aKey(), { signal, now: NOW }).catch((thrown) => thrown);
  expect(String(error)).toContain('json: api.test: answered 500');
  expect(String(error)).not.toContain('secret-path');
});
