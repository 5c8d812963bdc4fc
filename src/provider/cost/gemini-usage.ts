import type { CostEstimate } from '../provider.js';
import { fieldsIn, fieldsOf, safely, sumIn } from './request-body.js';

/**
 * What an answer of `generateContent`, or one event of its stream, really cost. Limits on tokens
 * count input alone, and all of it: what comes from a cache is part of the prompt.
 * @see https://ai.google.dev/gemini-api/docs/rate-limits
 * @see https://ai.google.dev/gemini-api/docs/caching
 */
export function readGeminiUsage(body: unknown): CostEstimate | undefined {
  return safely(() => {
    const usage = fieldsIn(fieldsOf(body) ?? {}, 'usageMetadata');
    if (usage === undefined) return undefined;
    const inputTokens = sumIn(usage, ['promptTokenCount', 'toolUsePromptTokenCount']);
    const outputTokens = sumIn(usage, ['candidatesTokenCount', 'thoughtsTokenCount']);
    if (inputTokens === undefined) return undefined;
    return {
      inputTokens,
      ...(outputTokens === undefined ? {} : { outputTokens }),
      tokens: inputTokens,
    };
  }, undefined);
}
