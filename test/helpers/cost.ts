import type { Cost, Usage } from '../../src/limiter/limiter.js';

/** The cost of one request; tokens default to input and output together. */
export function costOf({ requests = 1, inputTokens = 0, outputTokens = 0, tokens }: Usage): Cost {
  return { requests, tokens: tokens ?? inputTokens + outputTokens, inputTokens, outputTokens };
}
