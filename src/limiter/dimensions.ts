import type { Dimension } from '../key/key.js';
import type { Cost, Usage } from './limiter.js';

/** `amounts[dimension]`, which costs many times more where it is asked for each call. */
export function amountOf(amounts: Cost, dimension: Dimension): number;
export function amountOf(amounts: Usage, dimension: Dimension): number | undefined;
export function amountOf(amounts: Usage, dimension: Dimension): number | undefined {
  switch (dimension) {
    case 'requests':
      return amounts.requests;
    case 'tokens':
      return amounts.tokens;
    case 'inputTokens':
      return amounts.inputTokens;
    case 'outputTokens':
      return amounts.outputTokens;
  }
}

/** The smallest call there is. */
export const MINIMAL: Cost = { requests: 1, tokens: 0, inputTokens: 0, outputTokens: 0 };

export function isSameCost(a: Cost, b: Cost): boolean {
  if (a.requests !== b.requests || a.tokens !== b.tokens) return false;
  return a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens;
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
