import type { Cost, Usage } from './limiter.js';

/** The cost of one request; tokens default to input and output together. */
export function costOf({ requests = 1, inputTokens = 0, outputTokens = 0, tokens }: Usage): Cost {
  return { requests, tokens: tokens ?? inputTokens + outputTokens, inputTokens, outputTokens };
}

/**
 * What a call really cost, in the dimensions that its usage speaks of. Where tokens are counted
 * together, the half that the usage leaves out counts as reserved.
 */
export function settledCost(reserved: Cost, actual: Usage): Usage {
  const { inputTokens, outputTokens } = actual;
  if (actual.tokens !== undefined) return actual;
  if (inputTokens === undefined && outputTokens === undefined) return actual;
  const tokens = (inputTokens ?? reserved.inputTokens) + (outputTokens ?? reserved.outputTokens);
  return { ...actual, tokens };
}
