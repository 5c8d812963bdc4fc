import type { CostEstimate, Provider } from '../provider.js';
import {
  countIn,
  type Fields,
  fieldsIn,
  fieldsOf,
  largestIn,
  modelIn,
  safely,
} from './request-body.js';

/**
 * What an answer of the chat, responses or embeddings API, or one event of its stream, really cost.
 * Cached tokens count against the limits like others.
 * @see https://developers.openai.com/api/docs/guides/rate-limits
 */
export const readOpenAiUsage = reader(({ input, total }) => ({ input, total }));

/** The same, where input that was read from the cache counts against no limit. */
export const readUncachedOpenAiUsage = reader(({ input, total, cached }) => ({
  input: Math.max(0, input - cached),
  total: Math.max(0, total - cached),
}));

interface Counts {
  readonly input: number;
  readonly total: number;
  /** The part of the input that was read from the cache. */
  readonly cached: number;
}

type Charged = (counts: Counts) => Pick<Counts, 'input' | 'total'>;

function reader(charged: Charged): Provider['readUsage'] {
  return (body) =>
    safely(() => {
      const fields = fieldsOf(body);
      if (fields === undefined) return undefined;
      // `response.completed` and its kin wrap the answer.
      return costOf(fieldsIn(fields, 'response') ?? fields, charged);
    }, undefined);
}

function costOf(answer: Fields, charged: Charged): CostEstimate | undefined {
  const usage = usageIn(answer);
  if (usage === undefined) return undefined;
  const inputTokens = largestIn(usage, ['prompt_tokens', 'input_tokens']);
  const outputTokens = largestIn(usage, ['completion_tokens', 'output_tokens']);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const { input, total } = charged({
    input: inputTokens ?? 0,
    total: countIn(usage, 'total_tokens') ?? (inputTokens ?? 0) + (outputTokens ?? 0),
    cached: cachedIn(usage),
  });
  return {
    ...modelIn(answer),
    ...(inputTokens === undefined ? {} : { inputTokens: input }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    tokens: total,
  };
}

function usageIn(answer: Fields): Fields | undefined {
  // Groq's streams end with it here.
  return fieldsIn(answer, 'usage') ?? fieldsIn(fieldsIn(answer, 'x_groq') ?? {}, 'usage');
}

function cachedIn(usage: Fields): number {
  const details =
    fieldsIn(usage, 'prompt_tokens_details') ?? fieldsIn(usage, 'input_tokens_details');
  return countIn(details ?? {}, 'cached_tokens') ?? 0;
}
