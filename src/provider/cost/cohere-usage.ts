import type { CostEstimate } from '../provider.js';
import { countIn, fieldsIn, fieldsOf, safely } from './request-body.js';

/**
 * What an answer of the chat or embed API, or the last event of its stream, was billed for. A
 * rerank is billed in searches, not tokens: of that it says nothing.
 * @see https://docs.cohere.com/reference/chat
 */
export function readCohereUsage(body: unknown): CostEstimate | undefined {
  return safely(() => {
    const fields = fieldsOf(body) ?? {};
    // `message-end` keeps it under `delta`; version 1 ends its streams with the whole `response`.
    const answer = fieldsIn(fields, 'delta') ?? fieldsIn(fields, 'response') ?? fields;
    const usage = fieldsIn(answer, 'usage') ?? fieldsIn(answer, 'meta') ?? {};
    const counts = fieldsIn(usage, 'billed_units') ?? fieldsIn(usage, 'tokens') ?? {};
    const inputTokens = countIn(counts, 'input_tokens');
    const outputTokens = countIn(counts, 'output_tokens');
    if (inputTokens === undefined && outputTokens === undefined) return undefined;
    return {
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
    };
  }, undefined);
}
