import type { CostEstimate } from './provider.js';
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
export function readOpenAiUsage(body: unknown): CostEstimate | undefined {
  return safely(() => {
    const fields = fieldsOf(body);
    if (fields === undefined) return undefined;
    // `response.completed` and its kin wrap the answer.
    return costOf(fieldsIn(fields, 'response') ?? fields);
  }, undefined);
}

function costOf(answer: Fields): CostEstimate | undefined {
  const usage = fieldsIn(answer, 'usage');
  if (usage === undefined) return undefined;
  const inputTokens = largestIn(usage, ['prompt_tokens', 'input_tokens']);
  const outputTokens = largestIn(usage, ['completion_tokens', 'output_tokens']);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    ...modelIn(answer),
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
    tokens: countIn(usage, 'total_tokens') ?? (inputTokens ?? 0) + (outputTokens ?? 0),
  };
}
