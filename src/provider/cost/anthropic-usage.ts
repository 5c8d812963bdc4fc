import type { CostEstimate } from '../provider.js';
import { countIn, type Fields, fieldsIn, fieldsOf, modelIn, safely } from './request-body.js';

/**
 * What a message, or one event of its stream, really cost: input is what was not read from the
 * cache, cache writes included; output grows from event to event.
 * @see https://platform.claude.com/docs/en/api/rate-limits, "Cache-aware ITPM"
 */
export function readAnthropicUsage(body: unknown): CostEstimate | undefined {
  return safely(() => usageOf(fieldsOf(body)), undefined);
}

function usageOf(body: Fields | undefined): CostEstimate | undefined {
  switch (body?.['type']) {
    case 'message':
      return costOf(body);
    case 'message_start': {
      // Its output count is a placeholder.
      const { outputTokens: _, ...cost } = costOf(fieldsIn(body, 'message') ?? {}) ?? {};
      return cost.inputTokens === undefined ? undefined : cost;
    }
    case 'message_delta':
      return costOf(body);
    default:
      return undefined;
  }
}

function costOf(message: Fields): CostEstimate | undefined {
  const usage = fieldsIn(message, 'usage');
  if (usage === undefined) return undefined;
  const input = countIn(usage, 'input_tokens');
  const output = countIn(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const cacheWrites = countIn(usage, 'cache_creation_input_tokens') ?? 0;
  return {
    ...modelIn(message),
    ...(input === undefined ? {} : { inputTokens: input + cacheWrites }),
    ...(output === undefined ? {} : { outputTokens: output }),
  };
}
