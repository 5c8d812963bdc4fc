import { ceilingOrInput } from './cost/cost-policy.js';
import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn } from './preset-options.js';
import type { Provider } from './provider.js';
import { bare } from './readers.js';

export interface OpenAiOptions {
  /** @defaultValue `https://api.openai.com/v1` */
  readonly baseUrl?: string;
}

/** OpenAI's chat, responses and embeddings APIs. */
export function openai(options: OpenAiOptions = {}): Provider {
  return openaiCompatible({
    ...common,
    name: 'openai',
    baseUrl: baseUrlIn(options, 'https://api.openai.com/v1'),
    modelClass: openaiModelClass,
  });
}

export interface AzureOpenAiOptions {
  /** The resource's endpoint, such as `https://my-resource.openai.azure.com`. */
  readonly baseUrl: string;
}

/**
 * Azure OpenAI with a resource's keys; the limits belong to deployments, named by the caller, and
 * all keys of one resource share them.
 * @see https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
 */
export function azureOpenai(options: AzureOpenAiOptions): Provider {
  const baseUrl = baseUrlIn(options);
  const authHeader = bare('api-key');
  const provider = openaiCompatible({ ...common, name: 'azure-openai', baseUrl, authHeader });
  const resource = resourceAt(baseUrl);
  if (resource === undefined) return provider;
  // No header names the resource, but its address does.
  const readLimits: Provider['readLimits'] = (facts) => ({
    ...provider.readLimits(facts),
    group: resource,
  });
  return { ...provider, readLimits };
}

/** A resource's own host; behind a gateway each key may have limits of its own. */
function resourceAt(baseUrl: string): string | undefined {
  const { hostname } = new URL(baseUrl);
  return hostname.endsWith('.azure.com') ? hostname : undefined;
}

/**
 * Charged at admission is the larger of `max_tokens` and an estimate by characters. Buckets are
 * refilled all the time; a minute, unless the reset betrays a day.
 * @see https://developers.openai.com/api/docs/guides/rate-limits
 */
const common = {
  reserves: ceilingOrInput,
  defaults: { requests: refillOver(MINUTE_MS), tokens: refillOver(MINUTE_MS) },
  meteredLate: [],
};

/** Snapshots share their model's limit, and so do its fine-tunes (`ft:gpt-4o-…:org::id`). */
function openaiModelClass(model: string): string {
  const base = model.replace(/^ft:([^:]+):.*$/, '$1');
  return base.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{4})$/, '');
}
