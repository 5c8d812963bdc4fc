import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as providers from '../../src/provider/index.js';
import type { CostEstimate, Provider } from '../../src/provider/provider.js';
import { property } from '../helpers/proof.js';

const { cerebras, cohere, gemini, groq, litellm } = providers;
const baseUrl = 'https://own.example';

/** 400 characters, which are 100 tokens; a role is one more. */
const text = 'x'.repeat(400);
const messages = [{ role: 'user', content: text }];

const ALL: readonly Provider[] = [
  ...[providers.anthropic(), providers.openai(), providers.generic(), litellm({ baseUrl })],
  ...[groq(), cerebras(), cohere(), gemini(), providers.github()],
];

describe('a reservation', () => {
  it.each<[string, Provider, object, CostEstimate]>([
    ['expects output', groq(), { messages, max_completion_tokens: 32_768 }, expected(1024)],
    [
      'expects less where less is allowed',
      providers.xai(),
      { messages, max_tokens: 9 },
      expected(9),
    ],
    [
      'of Cerebras is the ceiling',
      cerebras(),
      { messages, max_completion_tokens: 5000 },
      expected(5000),
    ],
    [
      'of Cerebras is capped',
      cerebras(),
      { messages, max_completion_tokens: 65_536 },
      expected(16_384),
    ],
    [
      'of Cerebras needs no ceiling',
      cerebras(),
      { messages, max_completion_tokens: -1 },
      expected(16_384),
    ],
    [
      'knows Mistral’s fill-in-the-middle',
      providers.mistral(),
      { prompt: text, suffix: text },
      { inputTokens: 200, outputTokens: 1024 },
    ],
    [
      'knows Cohere’s embeddings',
      cohere(),
      { texts: [text, text] },
      { inputTokens: 200, outputTokens: 1024 },
    ],
    [
      'knows Cohere’s chat',
      cohere(),
      { messages, documents: [text] },
      { inputTokens: 201, outputTokens: 1024 },
    ],
    [
      'of anything else knows the bodies of three families',
      providers.generic(),
      { messages, system: text, contents: [text] },
      { inputTokens: 301, outputTokens: 1024 },
    ],
    [
      'of an API that counts requests is empty',
      providers.replicate(),
      { input: { prompt: text } },
      {},
    ],
  ])('%s', (_, provider, body, cost) => {
    expect(provider.estimate({ ...body, model: 'm' })).toEqual(
      Object.keys(cost).length === 0 ? {} : { ...cost, model: 'm' },
    );
  });

  function expected(outputTokens: number): CostEstimate {
    return { inputTokens: 101, outputTokens };
  }

  it('of Gemini counts input alone, in either spelling', () => {
    const contents = [{ parts: [{ text }] }];
    const camel = { contents, generationConfig: { maxOutputTokens: 8 } };
    const snake = { contents, generation_config: { max_output_tokens: 8 } };
    const cost = { inputTokens: 100, outputTokens: 8, tokens: 100 };
    expect(gemini().estimate(camel)).toEqual(cost);
    expect(gemini().estimate(snake)).toEqual(cost);
    const systemInstruction = { parts: [{ text }] };
    expect(gemini().estimate({ ...camel, systemInstruction }).inputTokens).toBe(200);
  });

  it('of Gemini counts a picture as one, not by its bytes', () => {
    const data = 'A'.repeat(1_000_000);
    for (const part of [
      { inlineData: { mimeType: 'image/png', data } },
      { inline_data: { mime_type: 'image/png', data } },
    ]) {
      expect(gemini().estimate({ contents: [{ parts: [part] }] }).inputTokens).toBe(1600);
    }
  });
});

describe('usage', () => {
  // https://console.groq.com/docs/prompt-caching
  const cached = {
    prompt_tokens: 4641,
    completion_tokens: 1817,
    total_tokens: 6458,
    prompt_tokens_details: { cached_tokens: 4608 },
  };

  it('of Groq leaves cached input out', () => {
    const cost = { model: 'm', inputTokens: 33, outputTokens: 1817, tokens: 1850 };
    expect(groq().readUsage({ model: 'm', usage: cached })).toEqual(cost);
    expect(groq().readUsage({ model: 'm', x_groq: { id: 'req_1', usage: cached } })).toEqual(cost);
  });

  it('of Groq leaves cached input of the responses API out', () => {
    const input_tokens_details = { cached_tokens: 98 };
    const usage = { input_tokens: 125, output_tokens: 48, total_tokens: 173, input_tokens_details };
    const response = { model: 'm', usage };
    expect(groq().readUsage({ type: 'response.completed', response })).toEqual({
      model: 'm',
      inputTokens: 27,
      outputTokens: 48,
      tokens: 75,
    });
  });

  it('of Groq never falls below zero', () => {
    const usage = { prompt_tokens: 5, prompt_tokens_details: { cached_tokens: 9 } };
    expect(groq().readUsage({ usage })).toEqual({ inputTokens: 0, tokens: 0 });
  });

  it.each([
    ['openai', providers.openai()],
    ['xai', providers.xai()],
    ['cerebras', cerebras()],
    ['fireworks', providers.fireworks()],
    ['litellm', litellm({ baseUrl })],
  ])('of %s counts cached input', (_, provider) => {
    expect(provider.readUsage({ usage: cached })).toEqual({
      inputTokens: 4641,
      outputTokens: 1817,
      tokens: 6458,
    });
  });

  it('of Gemini counts thoughts as output and tool prompts as input', () => {
    const usageMetadata = {
      promptTokenCount: 1000,
      cachedContentTokenCount: 900,
      toolUsePromptTokenCount: 20,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 70,
      totalTokenCount: 1120,
    };
    const cost = { inputTokens: 1020, outputTokens: 100, tokens: 1020 };
    expect(gemini().readUsage({ candidates: [], usageMetadata })).toEqual(cost);
    const event = `data: ${JSON.stringify({ usageMetadata })}\r\n\r\n`;
    expect(gemini().readUsage(event)).toEqual(cost);
    expect(gemini().readUsage({ candidates: [] })).toBeUndefined();
    const early = { usageMetadata: { promptTokenCount: 7 } };
    expect(gemini().readUsage(early)).toEqual({ inputTokens: 7, tokens: 7 });
  });

  it('of Cohere is what was billed', () => {
    const usage = {
      billed_units: { input_tokens: 5, output_tokens: 418 },
      tokens: { input_tokens: 71, output_tokens: 418 },
    };
    const cost = { inputTokens: 5, outputTokens: 418 };
    expect(cohere().readUsage({ id: '1', usage })).toEqual(cost);
    expect(cohere().readUsage({ type: 'message-end', delta: { usage } })).toEqual(cost);
    expect(cohere().readUsage({ event_type: 'stream-end', response: { meta: usage } })).toEqual(
      cost,
    );
    const { tokens } = usage;
    expect(cohere().readUsage({ usage: { tokens } })).toEqual({
      inputTokens: 71,
      outputTokens: 418,
    });
  });

  it('of Cohere knows embeddings, and that a rerank has no tokens', () => {
    const embedding = { embeddings: {}, meta: { billed_units: { input_tokens: 2 } } };
    expect(cohere().readUsage(embedding)).toEqual({ inputTokens: 2 });
    const rerank = { results: [], meta: { billed_units: { search_units: 1 } } };
    expect(cohere().readUsage(rerank)).toBeUndefined();
    expect(cohere().readUsage({ type: 'content-delta', delta: { message: {} } })).toBeUndefined();
  });

  it('of a LiteLLM proxy may be Anthropic’s', () => {
    const body = { type: 'message', usage: { input_tokens: 3, output_tokens: 4 } };
    expect(litellm({ baseUrl }).readUsage(body)).toEqual({ inputTokens: 3, outputTokens: 4 });
  });

  it('of an API that counts requests is none', () => {
    expect(providers.replicate().readUsage({ usage: cached })).toBeUndefined();
  });
});

/** Bodies that look right and are not, so that readers get beyond the first field. */
const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('hostile');
    },
  },
);
const count = fc.oneof(fc.double(), fc.constantFrom(1e308, -1, Infinity, '9', null, throwing));
const usage = fc.record({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: fc.record({ cached_tokens: count }),
  promptTokenCount: count,
  toolUsePromptTokenCount: count,
  input_tokens: count,
  cache_creation_input_tokens: count,
  billed_units: fc.record({ input_tokens: count, output_tokens: count }),
});
const ceilings = fc.record({ maxOutputTokens: count, max_tokens: count });
const hostile = fc.oneof(
  fc.record({ usage, type: fc.constantFrom('message', 'message_start') }),
  fc.record({ usageMetadata: usage }),
  fc.record({ x_groq: fc.record({ usage }) }),
  fc.record({ messages: fc.constant(throwing), max_tokens: count }),
  fc.record({ contents: fc.anything(), generationConfig: ceilings }),
  fc.constant(throwing),
);

property(
  'estimates and usage are total, finite and never negative',
  [fc.constantFrom(...ALL), fc.oneof(fc.anything(), fc.json(), hostile)],
  (provider, body) => {
    for (const cost of [provider.estimate(body), provider.readUsage(body) ?? {}]) {
      const { inputTokens = 0, outputTokens = 0, tokens = 0 } = cost;
      expect([inputTokens, outputTokens, tokens].every((n) => Number.isFinite(n) && n >= 0)).toBe(
        true,
      );
    }
  },
  { numRuns: 1000 },
);
