import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as providers from '../../src/provider/index.js';
import type { Provider } from '../../src/provider/provider.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const refill = (windowMs: number) => ({ windowMs, kind: 'refill' });
const window = (windowMs: number) => ({ windowMs, kind: 'window' });

interface Row {
  readonly provider: Provider;
  readonly origins: readonly string[];
  /** The header that carries the key `s`. @defaultValue bearer */
  readonly header?: readonly [name: string, value: string];
  /** @defaultValue every model has its own */
  readonly classes?: Readonly<Record<string, string>>;
  readonly defaults: unknown;
  readonly meteredLate: readonly string[];
}

const output = ['outputTokens'];
const bearer = ['authorization', 'Bearer s'] as const;
const baseUrl = 'https://own.example:8443/v1';
const own = ['https://own.example:8443'];

const TABLE: Readonly<Record<string, Row>> = {
  anthropic: {
    provider: providers.anthropic(),
    origins: ['https://api.anthropic.com'],
    header: ['x-api-key', 's'],
    classes: { 'claude-opus-4-8': 'claude-opus-4' },
    defaults: {
      requests: refill(MINUTE),
      tokens: refill(MINUTE),
      inputTokens: refill(MINUTE),
      outputTokens: refill(MINUTE),
    },
    meteredLate: output,
  },
  azureOpenai: {
    provider: providers.azureOpenai({ baseUrl }),
    origins: own,
    header: ['api-key', 's'],
    classes: { 'my-gpt-4o-2024-08-06': 'my-gpt-4o-2024-08-06' },
    defaults: { requests: refill(MINUTE), tokens: refill(MINUTE) },
    meteredLate: [],
  },
  cerebras: {
    provider: providers.cerebras(),
    origins: ['https://api.cerebras.ai'],
    classes: { 'gpt-oss-120b': 'gpt-oss-120b' },
    defaults: { requests: window(DAY), tokens: window(MINUTE) },
    meteredLate: [],
  },
  cohere: {
    provider: providers.cohere(),
    origins: ['https://api.cohere.com'],
    classes: { 'command-a-03-2025': 'command-a-03-2025' },
    defaults: { requests: refill(MINUTE) },
    meteredLate: output,
  },
  deepseek: {
    provider: providers.deepseek(),
    origins: ['https://api.deepseek.com'],
    classes: { 'deepseek-chat': 'deepseek-chat' },
    defaults: {},
    meteredLate: output,
  },
  discord: {
    provider: providers.discord(),
    origins: ['https://discord.com'],
    header: ['authorization', 'Bot s'],
    classes: { 'POST /channels/1/messages': 'POST /channels/1/messages' },
    defaults: { requests: window(1000) },
    meteredLate: [],
  },
  fireworks: {
    provider: providers.fireworks(),
    origins: ['https://api.fireworks.ai'],
    classes: { 'accounts/fireworks/models/kimi-k2': 'accounts/fireworks/models/kimi-k2' },
    defaults: {
      requests: refill(MINUTE),
      inputTokens: refill(MINUTE),
      outputTokens: refill(MINUTE),
    },
    meteredLate: output,
  },
  gemini: {
    provider: providers.gemini(),
    origins: ['https://generativelanguage.googleapis.com'],
    header: ['x-goog-api-key', 's'],
    classes: {
      'gemini-2.5-flash': 'gemini-2.5-flash',
      'models/gemini-2.5-flash': 'gemini-2.5-flash',
      'gemini-2.5-flash-lite': 'gemini-2.5-flash-lite',
    },
    defaults: { requests: refill(MINUTE), tokens: refill(MINUTE), inputTokens: refill(MINUTE) },
    meteredLate: output,
  },
  generic: { provider: providers.generic(), origins: [], defaults: {}, meteredLate: output },
  github: {
    provider: providers.github(),
    origins: ['https://api.github.com'],
    classes: { search: 'search' },
    defaults: { requests: window(60 * MINUTE) },
    meteredLate: [],
  },
  gitlab: {
    provider: providers.gitlab(),
    origins: ['https://gitlab.com'],
    defaults: { requests: window(MINUTE) },
    meteredLate: [],
  },
  groq: {
    provider: providers.groq(),
    origins: ['https://api.groq.com'],
    classes: { 'openai/gpt-oss-20b': 'openai/gpt-oss-20b' },
    defaults: { requests: refill(DAY), tokens: refill(MINUTE) },
    meteredLate: output,
  },
  huggingface: {
    provider: providers.huggingface(),
    origins: ['https://router.huggingface.co', 'https://huggingface.co'],
    defaults: { requests: window(5 * MINUTE) },
    meteredLate: output,
  },
  litellm: {
    provider: providers.litellm({ baseUrl }),
    origins: own,
    defaults: { requests: refill(MINUTE), tokens: refill(MINUTE) },
    meteredLate: output,
  },
  mistral: {
    provider: providers.mistral(),
    origins: ['https://api.mistral.ai'],
    classes: { 'mistral-large-2411': 'mistral-large-2411' },
    defaults: { requests: window(MINUTE), tokens: window(MINUTE) },
    meteredLate: output,
  },
  nebius: {
    provider: providers.nebius(),
    origins: ['https://api.tokenfactory.nebius.com'],
    defaults: { requests: refill(MINUTE), tokens: refill(MINUTE) },
    meteredLate: output,
  },
  openai: {
    provider: providers.openai(),
    origins: ['https://api.openai.com'],
    classes: { 'gpt-4o-2024-08-06': 'gpt-4o' },
    defaults: { requests: refill(MINUTE), tokens: refill(MINUTE) },
    meteredLate: [],
  },
  openrouter: {
    provider: providers.openrouter(),
    origins: ['https://openrouter.ai'],
    classes: {
      'meta-llama/llama-3.2-3b-instruct:free': ':free',
      'qwen/qwen3-coder:free': ':free',
      'qwen/qwen3-coder': 'qwen/qwen3-coder',
    },
    defaults: { requests: window(MINUTE) },
    meteredLate: output,
  },
  perplexity: {
    provider: providers.perplexity(),
    origins: ['https://api.perplexity.ai'],
    classes: { 'sonar-pro': 'sonar-pro' },
    defaults: { requests: refill(MINUTE) },
    meteredLate: output,
  },
  replicate: {
    provider: providers.replicate(),
    origins: ['https://api.replicate.com'],
    classes: { 'black-forest-labs/flux-dev': 'predictions', 'stability-ai/sdxl': 'predictions' },
    defaults: { requests: refill(MINUTE) },
    meteredLate: [],
  },
  shopify: {
    provider: providers.shopify({ baseUrl: 'https://my-shop.myshopify.com/admin/api/2026-01' }),
    origins: ['https://my-shop.myshopify.com'],
    header: ['x-shopify-access-token', 's'],
    defaults: { requests: refill(20_000) },
    meteredLate: [],
  },
  stripe: {
    provider: providers.stripe(),
    origins: ['https://api.stripe.com'],
    defaults: { requests: refill(1000) },
    meteredLate: [],
  },
  together: {
    provider: providers.together(),
    origins: ['https://api.together.ai'],
    classes: { 'openai/gpt-oss-20b': 'openai/gpt-oss-20b' },
    defaults: {},
    meteredLate: output,
  },
  x: {
    provider: providers.x(),
    origins: ['https://api.x.com'],
    classes: { 'GET /2/users/me': 'GET /2/users/me' },
    defaults: { requests: window(15 * MINUTE) },
    meteredLate: [],
  },
  xai: {
    provider: providers.xai(),
    origins: ['https://api.x.ai'],
    classes: { 'grok-4': 'grok-4' },
    defaults: { requests: refill(MINUTE), tokens: refill(MINUTE) },
    meteredLate: output,
  },
};

const NAMES: Readonly<Record<string, string>> = { azureOpenai: 'azure-openai' };
const guide = readFileSync('docs/guide/providers.md', 'utf8');

it('the table has a row for every preset', () => {
  expect(Object.keys(TABLE).sort()).toEqual(Object.keys(providers).sort());
});

describe.each(Object.entries(TABLE))('%s()', (preset, row) => {
  const { provider, origins, header = bearer, classes = { m: 'm' }, defaults, meteredLate } = row;

  it('names itself, so that readers know whose response they read', () => {
    expect(provider.name).toBe(NAMES[preset] ?? preset);
  });

  it('sends the key to its own origins in its own header', () => {
    expect(provider.origins).toEqual(origins);
    expect([provider.authHeader.name, provider.authHeader.format('s')]).toEqual(header);
  });

  it('pools the models that share a limit, and no others', () => {
    const found = Object.keys(classes).map((model) => [model, provider.modelClass(model)]);
    expect(Object.fromEntries(found)).toEqual(classes);
  });

  it('knows what its headers leave out', () => {
    expect(provider.defaults).toEqual(defaults);
    expect(provider.meteredLate).toEqual(meteredLate);
  });
});

const rows = guide.split('\n');

it.each(Object.entries(TABLE).filter(([preset]) => preset !== 'generic'))(
  '%s() has its row in the guide, with its address',
  (preset, { origins }) => {
    const row = rows.find((each) => each.startsWith(`| \`${preset}(`));
    const isOwn = row?.includes('{ baseUrl }') === true;
    const hosts = origins.map((origin) => (isOwn ? 'yours' : new URL(origin).host));
    expect(row).toContain(`| ${hosts.join(', ')} |`);
  },
);

it.each([
  ['anthropic', providers.anthropic],
  ['azureOpenai', providers.azureOpenai],
  ['groq', providers.groq],
  ['cohere', providers.cohere],
  ['gemini', providers.gemini],
  ['huggingface', providers.huggingface],
  ['litellm', providers.litellm],
  ['github', providers.github],
  ['shopify', providers.shopify],
])('%s() sends keys to the base URL given, and refuses one without an origin', (_, preset) => {
  expect(preset({ baseUrl: 'http://localhost:8080/v1/' }).origins[0]).toBe('http://localhost:8080');
  expect(() => preset({ baseUrl: 'localhost' })).toThrow('baseUrl');
});

it('anthropic() sends access tokens as bearer tokens when told so', () => {
  const { name, format } = providers.anthropic({ auth: 'bearer' }).authHeader;
  expect([name, format('s')]).toEqual(bearer);
  const auth = 'basic' as 'bearer';
  expect(() => providers.anthropic({ auth })).toThrow("'api-key' or 'bearer'");
});
