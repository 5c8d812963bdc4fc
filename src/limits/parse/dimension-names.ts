import type { Dimension } from '../../key/key.js';

/** What providers call the things that the pool counts. */
export const DIMENSION_OF: ReadonlyMap<string, Dimension> = new Map([
  ['requests', 'requests'],
  ['tokens', 'tokens'],
  ['input-tokens', 'inputTokens'],
  ['output-tokens', 'outputTokens'],
]);
