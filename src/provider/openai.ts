import { readOpenAiUsage } from './openai-usage.js';
import { originOf } from './origin.js';
import type { CostEstimate, Provider } from './provider.js';
import { bare, bearer, readersFor } from './readers.js';
import { fieldsOf, largestIn, modelIn, safely } from './request-body.js';
import { estimateInput } from './token-estimate.js';

export interface OpenAiOptions {
  /** @defaultValue `https://api.openai.com/v1` */
  readonly baseUrl?: string;
}

/** OpenAI's chat, responses and embeddings APIs. */
export function openai({ baseUrl = 'https://api.openai.com/v1' }: OpenAiOptions = {}): Provider {
  return {
    ...readersFor('openai'),
    origins: [originOf(baseUrl)],
    authHeader: bearer,
    modelClass: openaiModelClass,
    ...costs,
  };
}

export interface AzureOpenAiOptions {
  /** The resource's endpoint, such as `https://my-resource.openai.azure.com`. */
  readonly baseUrl: string;
}

/** Azure OpenAI with a resource's key; the limits belong to deployments, named by the caller. */
export function azureOpenai({ baseUrl }: AzureOpenAiOptions): Provider {
  return {
    ...readersFor('azure-openai'),
    origins: [originOf(baseUrl)],
    authHeader: bare('api-key'),
    modelClass: (deployment) => deployment,
    ...costs,
  };
}

/** Buckets refilled all the time; a minute, unless the reset betrays a day. */
const PER_MINUTE = { windowMs: 60_000, kind: 'refill' } as const;

const costs: Pick<Provider, 'estimate' | 'readUsage' | 'defaults' | 'meteredLate'> = {
  estimate,
  readUsage: readOpenAiUsage,
  defaults: { requests: PER_MINUTE, tokens: PER_MINUTE },
  meteredLate: [],
};

/** Snapshots share their model's limit, and so do its fine-tunes (`ft:gpt-4o-…:org::id`). */
function openaiModelClass(model: string): string {
  const base = model.replace(/^ft:([^:]+):.*$/, '$1');
  return base.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{4})$/, '');
}

const INPUT_FIELDS = ['messages', 'input', 'prompt', 'instructions', 'tools', 'functions'];
const CEILING_FIELDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

/**
 * OpenAI charges, at admission, the larger of `max_tokens` and an estimate by characters
 * (developers.openai.com/api/docs/guides/rate-limits).
 */
function estimate(body: unknown): CostEstimate {
  return safely(() => {
    const request = fieldsOf(body);
    if (request === undefined) return {};
    const inputTokens = estimateInput(...INPUT_FIELDS.map((name) => request[name]));
    const ceiling = largestIn(request, CEILING_FIELDS) ?? 0;
    return { ...modelIn(request), inputTokens, tokens: Math.max(ceiling, inputTokens) };
  }, {});
}
