/** What providers count, in the order in which it is asked. */
export const DIMENSIONS = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;
