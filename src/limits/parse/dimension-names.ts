import type { Dimension } from '../../key/key.js';

/** What providers call the things that the pool counts. */
export const DIMENSION_OF: ReadonlyMap<string, Dimension> = new Map([
  ['requests', 'requests'],
  ['tokens', 'tokens'],
  ['input-tokens', 'inputTokens'],
  ['output-tokens', 'outputTokens'],
]);

/** Who may be limited: such a word says nothing of what is counted. */
const OWNER =
  /^(?:account|api-key|api-token|app|auth-token|client|global|ip|org|organization|project|team|tenant|user|workspace)$/;

export function isOwner(words: string): boolean {
  return OWNER.test(words);
}

/** What a limit is on by the words in its header's name; of those that name no thing, requests. */
export function dimensionOf(thing: string): Dimension | undefined {
  // Mistral's `req`.
  if (thing === '' || thing === 'req' || isOwner(thing)) return 'requests';
  return DIMENSION_OF.get(thing);
}
