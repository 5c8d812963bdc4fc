import { describe, expect, it } from 'vitest';
import * as entry from '../../src/provider/index.js';
import {
  anthropic,
  azureOpenai,
  generic,
  litellm,
  openai,
  shopify,
} from '../../src/provider/index.js';

const { generic: _, ...presets } = entry;

const now = Date.UTC(2026, 0, 1);

describe('anthropic()', () => {
  const provider = anthropic();

  it('refuses a base URL that has no origin', () => {
    expect(() => anthropic({ baseUrl: 'api.anthropic.com' })).toThrow('baseUrl');
    expect(() => anthropic({ baseUrl: 'data:text/plain,x' })).toThrow('baseUrl');
  });

  it.each([
    ['claude-opus-4-20250514', 'claude-opus-4'],
    ['claude-opus-4-1-20250805', 'claude-opus-4'],
    ['claude-opus-4-8', 'claude-opus-4'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4'],
    ['claude-sonnet-4-0', 'claude-sonnet-4'],
    ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet'],
    ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet'],
    ['claude-3-haiku-20240307', 'claude-3-haiku'],
    ['anything-else', 'anything-else'],
  ])('pools %s under %s', (model, modelClass) => {
    expect(provider.modelClass(model)).toBe(modelClass);
  });

  it('reserves the output to be expected, not the output allowed', () => {
    const messages = [{ role: 'user', content: 'x'.repeat(396) }];
    const cost = provider.estimate({ model: 'claude-opus-4-8', max_tokens: 128_000, messages });
    expect(cost).toMatchObject({ model: 'claude-opus-4-8', outputTokens: 1024 });
    expect(cost.inputTokens).toBeGreaterThanOrEqual(99);
    expect(cost.inputTokens).toBeLessThan(110);
    expect(provider.estimate({ max_tokens: 16, messages }).outputTokens).toBe(16);
  });

  it('counts an image as one, not by its bytes', () => {
    const data = 'A'.repeat(1_000_000);
    const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }];
    expect(provider.estimate({ messages: [{ content }] }).inputTokens).toBeLessThan(2000);
  });

  it('charges cache writes but not cache reads', () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 5,
      cache_read_input_tokens: 1000,
      output_tokens: 7,
    };
    const body = { type: 'message', model: 'claude-opus-4-8', usage };
    const cost = { model: 'claude-opus-4-8', inputTokens: 15, outputTokens: 7 };
    expect(provider.readUsage(body)).toEqual(cost);
    expect(provider.readUsage(JSON.stringify(body))).toEqual(cost);
  });

  it('reads a stream’s events: input at the start, output as it grows', () => {
    const start = {
      type: 'message_start',
      message: { usage: { input_tokens: 9, output_tokens: 1 } },
    };
    const delta = { type: 'message_delta', usage: { output_tokens: 42 } };
    expect(provider.readUsage(start)).toEqual({ inputTokens: 9 });
    expect(provider.readUsage(`event: message_delta\ndata: ${JSON.stringify(delta)}\n\n`)).toEqual({
      outputTokens: 42,
    });
    expect(provider.readUsage({ type: 'content_block_delta' })).toBeUndefined();
    expect(provider.readUsage({ type: 'ping' })).toBeUndefined();
  });
});

describe('openai()', () => {
  const provider = openai();

  it.each([
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['gpt-3.5-turbo-0125', 'gpt-3.5-turbo'],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc123', 'gpt-4o-mini'],
    ['text-embedding-ada-002', 'text-embedding-ada-002'],
  ])('pools %s under %s', (model, modelClass) => {
    expect(provider.modelClass(model)).toBe(modelClass);
  });

  it('charges the larger of the ceiling and the estimate', () => {
    const messages = [{ role: 'user', content: 'x'.repeat(4000) }];
    expect(provider.estimate({ messages, max_tokens: 5000 }).tokens).toBe(5000);
    expect(provider.estimate({ messages, max_tokens: 10 }).tokens).toBeGreaterThanOrEqual(1000);
    expect(provider.estimate({ input: 'x'.repeat(400) }).tokens).toBe(100);
  });

  it('reads usage of chat, of responses and of their streams', () => {
    const chat = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const cost = { model: 'gpt-4o', inputTokens: 10, outputTokens: 5, tokens: 15 };
    expect(provider.readUsage({ model: 'gpt-4o', usage: chat })).toEqual(cost);
    const response = { model: 'gpt-4o', usage: { input_tokens: 10, output_tokens: 5 } };
    expect(provider.readUsage({ type: 'response.completed', response })).toEqual(cost);
    expect(provider.readUsage({ choices: [], usage: null })).toBeUndefined();
    expect(provider.readUsage('data: [DONE]')).toBeUndefined();
  });
});

it('generic() can be told everything', () => {
  const provider = generic({
    name: 'acme',
    origins: ['https://acme.example'],
    modelClass: () => 'one',
  });
  expect(provider.name).toBe('acme');
  expect(provider.modelClass('any')).toBe('one');
  expect(provider.authHeader.format('s')).toBe('Bearer s');
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  expect(provider.readUsage({ usage })?.tokens).toBe(3);
});

it('a preset reads a fetch Response by its own rules', () => {
  const headers = { 'x-ratelimit-key': 'gpt', 'x-ratelimit-reset-tokens': '6', 'retry-after': '2' };
  const response = new Response('', { status: 429, headers });
  const provider = azureOpenai({ baseUrl: 'https://acme.openai.azure.com' });
  const facts = Object.assign(response, { now });
  expect(provider.readLimits(facts)).toEqual({
    tokens: { resetAt: now + 6000 },
    retryAfterMs: 2000,
    group: 'acme.openai.azure.com',
  });
  expect(provider.classify(facts)).toMatchObject({ class: 'rate_limited', retryAfterMs: 2000 });
});

describe('options of a preset', () => {
  const all = Object.entries(presets);

  it.each(all)('%s: a misspelt address is refused', (_name, preset) => {
    expect(() => preset({ baseURL: 'https://acme.example' } as never)).toThrow(
      'options.baseURL: expected "baseUrl", got "baseURL"',
    );
  });

  it.each(all)('%s: what is no object is refused, and so is no address', (_name, preset) => {
    expect(() => preset(null as never)).toThrow('options: expected an object, got null');
    expect(() => preset({ baseUrl: '' })).toThrow('baseUrl');
  });

  it.each([
    ['azureOpenai', azureOpenai],
    ['litellm', litellm],
    ['shopify', shopify],
  ] as const)('%s wants an address', (_name, preset) => {
    const code = 'INVALID_OPTION';
    expect(() => preset(undefined as never)).toThrow(expect.objectContaining({ code }));
    expect(() => preset({} as never)).toThrow('baseUrl: expected a string');
  });

  it('others are known too', () => {
    expect(() => anthropic({ atuh: 'bearer' } as never)).toThrow('options.atuh: expected "auth"');
    expect(() => generic({ origin: [] } as never)).toThrow('options.origin: expected "origins"');
  });
});
