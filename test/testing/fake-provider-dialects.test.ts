import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider/fake-provider.js';
import { errorOf, KEY, ManualClock, oneOrganisation, perMinute } from './fake-provider-harness.js';

let provider: FakeProvider;
beforeEach(async () => {
  const limits = {
    requests: perMinute(5),
    inputTokens: perMinute(5_000),
    tokens: perMinute(5_000),
  };
  provider = await oneOrganisation(limits, { clock: new ManualClock() });
});
afterEach(() => provider.close());

const hints = { headers: { 'x-fake-input-tokens': '120', 'x-fake-output-tokens': '90' } };
const messages = [{ role: 'user' as const, content: 'Say tok' }];
const text = 'tok '.repeat(90);

describe('the Anthropic SDK', () => {
  const client = (apiKey = KEY) => new Anthropic({ apiKey, baseURL: provider.url, maxRetries: 0 });
  const request = { model: 'claude-fake', max_tokens: 100, messages };

  it('reads an answer, its usage and its limits', async () => {
    const { data, response } = await client().messages.create(request, hints).withResponse();
    expect(data.content).toEqual([{ type: 'text', text }]);
    expect(data).toMatchObject({ role: 'assistant', stop_reason: 'end_turn' });
    expect(data.usage).toMatchObject({ input_tokens: 120, output_tokens: 90 });
    expect(response.headers.get('anthropic-ratelimit-requests-remaining')).toBe('4');
    expect(response.headers.get('anthropic-ratelimit-input-tokens-remaining')).toBe('4880');
  });

  it('reads a stream, event by event', async () => {
    const stream = await client().messages.create({ ...request, stream: true }, hints);
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'message_start',
      'content_block_start',
      // The SDK keeps pings to itself.
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('puts a stream together again', async () => {
    const message = await client().messages.stream(request, hints).finalMessage();
    expect(message.content).toMatchObject([{ type: 'text', text }]);
    expect(message.usage).toMatchObject({ input_tokens: 120, output_tokens: 90 });
  });

  it('is cut short at max_tokens', async () => {
    const message = await client().messages.create({ ...request, max_tokens: 40 }, hints);
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 40 } });
  });

  it('counts four characters of text as a token, in any block', async () => {
    const { usage } = await client().messages.create({
      ...request,
      system: '12345678',
      messages: [{ role: 'user', content: [{ type: 'text', text: '123456789' }] }],
    });
    expect(usage.input_tokens).toBe(5);
  });

  it('turns a 429 into its RateLimitError', async () => {
    for (let index = 0; index < 5; index += 1) await client().messages.create(request);
    const error = await client()
      .messages.create(request)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error).toMatchObject({ type: 'rate_limit_error', requestID: expect.any(String) });
    expect(error).toHaveProperty('message', expect.stringContaining('5 requests per minute'));
  });

  it('turns other refusals into its own errors', async () => {
    const wrong = client('sk-wrong').messages.create(request);
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await expect(wrong).rejects.toMatchObject({ status: 401, type: 'authentication_error' });
    const empty = client().messages.create({ ...request, model: '' });
    await expect(empty).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(provider.stats()).toMatchObject({ received: 2, rejected: 2, overruns: 0 });
  });
});

describe('the OpenAI SDK', () => {
  const client = (apiKey = KEY) =>
    new OpenAI({ apiKey, baseURL: `${provider.url}/v1`, maxRetries: 0 });
  const request = { model: 'gpt-fake', messages };

  it('reads an answer, its usage and its limits', async () => {
    const call = client().chat.completions.create(request, hints);
    const { data, response } = await call.withResponse();
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: text } });
    expect(data.usage).toMatchObject({
      prompt_tokens: 120,
      completion_tokens: 90,
      total_tokens: 210,
    });
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('4');
    expect(response.headers.get('x-ratelimit-remaining-tokens')).toBe('4790');
    expect(response.headers.get('x-ratelimit-reset-requests')).toBe('12s');
  });

  it('reads a stream, with usage where it asks for it', async () => {
    const stream = await client().chat.completions.create(
      { ...request, stream: true, stream_options: { include_usage: true } },
      hints,
    );
    let content = '';
    let usage: unknown;
    for await (const chunk of stream) {
      content += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(content).toBe(text);
    expect(usage).toMatchObject({ prompt_tokens: 120, completion_tokens: 90, total_tokens: 210 });
  });

  it('reads a stream without usage where it asks for none', async () => {
    const stream = client().chat.completions.stream(request, hints);
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe(text);
    expect(completion.usage).toBeUndefined();
  });

  it('is cut short at max_completion_tokens', async () => {
    const short = { ...request, max_completion_tokens: 40 };
    const { choices, usage } = await client().chat.completions.create(short, hints);
    expect(choices[0]?.finish_reason).toBe('length');
    expect(usage?.completion_tokens).toBe(40);
  });

  it('turns a 429 into its RateLimitError', async () => {
    for (let index = 0; index < 5; index += 1) await client().chat.completions.create(request);
    const error = await client()
      .chat.completions.create(request)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' });
  });

  it('turns other refusals into its own errors', async () => {
    const wrong = client('sk-wrong-key-of-nobody').chat.completions.create(request);
    await expect(wrong).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      message: expect.stringContaining('Incorrect API key provided: sk-wrong**********body.'),
    });
  });
});

it('answers a body that is not JSON, and a path that it does not know, with an error', async () => {
  const send = (path: string, body: string) =>
    fetch(provider.url + path, { method: 'POST', headers: { 'x-api-key': KEY }, body });
  const invalid = await send('/v1/messages?beta=true', '{');
  expect([invalid.status, (await errorOf(invalid))['type']]).toEqual([
    400,
    'invalid_request_error',
  ]);
  const hint = await fetch(`${provider.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'x-fake-output-tokens': 'many' },
    body: JSON.stringify({ model: 'm', messages }),
  });
  expect((await errorOf(hint))['message']).toContain('x-fake-output-tokens');
  expect((await send('/v1/nothing', '{}')).status).toBe(404);
});
