import { type CostPolicy, expectedOutput } from './cost/cost-policy.js';
import { estimator, type RequestShape } from './cost/estimator.js';
import { readOpenAiUsage } from './cost/openai-usage.js';
import { largestIn } from './cost/request-body.js';
import { originOf } from './origin.js';
import type { Provider } from './provider.js';
import { bearer, itself, readersFor } from './readers.js';

/** What tells one OpenAI-compatible API from another. */
export interface OpenAiCompatible extends Pick<Provider, 'name' | 'defaults'> {
  readonly baseUrl: string;
  /** @defaultValue `Authorization: Bearer …` */
  readonly authHeader?: Provider['authHeader'];
  /** @defaultValue every model has its own limits */
  readonly modelClass?: Provider['modelClass'];
  /** What a request reserves. @defaultValue its input and the output to be expected */
  readonly reserves?: CostPolicy;
  /** @defaultValue cached input counts like other input */
  readonly readUsage?: Provider['readUsage'];
  /** @defaultValue output, as for any provider of which nothing else is known */
  readonly meteredLate?: Provider['meteredLate'];
}

/** A provider whose bodies are those of OpenAI's chat, completions, responses or embeddings API. */
export function openaiCompatible({
  name,
  baseUrl,
  defaults,
  authHeader = bearer,
  modelClass = itself,
  reserves = expectedOutput,
  readUsage = readOpenAiUsage,
  meteredLate = ['outputTokens'],
}: OpenAiCompatible): Provider {
  return {
    ...readersFor(name),
    origins: [originOf(baseUrl)],
    authHeader,
    modelClass,
    estimate: estimator(OPENAI_REQUEST, reserves),
    readUsage,
    defaults,
    meteredLate,
  };
}

const CEILINGS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

/** Requests of all those APIs. */
export const OPENAI_REQUEST: RequestShape = {
  input: ['messages', 'input', 'prompt', 'suffix', 'instructions', 'tools', 'functions'],
  ceiling: (request) => largestIn(request, CEILINGS),
};
