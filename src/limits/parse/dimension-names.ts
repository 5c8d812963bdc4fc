import type { Dimension } from '../../key/key.js';

/** What providers call the things that the pool counts. */
export const DIMENSION_OF: ReadonlyMap<string, Dimension> = new Map([
  ['requests', 'requests'],
  ['tokens', 'tokens'],
  ['input-tokens', 'inputTokens'],
  ['output-tokens', 'outputTokens'],
]);

/** Forms that count where they stand alone: `user-token` is a credential. */
const ALONE: ReadonlyMap<string, Dimension> = new Map([
  ['', 'requests'],
  ['req', 'requests'],
  ['request', 'requests'],
  ['token', 'tokens'],
]);

/** Who may be limited: such a word says nothing of what is counted. */
const OWNER =
  'account|api-key|api-token|app|auth-token|client|global|ip|key|org|organization|team|tenant|user|workspace';

const ONLY_OWNER = new RegExp(`^(?:${OWNER}|project)$`);
/** Not a project: OpenAI's project limits stand beside those of the same thing. */
const OWNER_BESIDE = new RegExp(`^(?:${OWNER})-|-(?:${OWNER})$`);

export function isOwner(words: string): boolean {
  return ONLY_OWNER.test(words);
}

/** What a limit is on by the words in its header's name; of those that name no thing, requests. */
export function dimensionOf(thing: string): Dimension | undefined {
  const dimension = ALONE.get(thing) ?? DIMENSION_OF.get(thing);
  if (dimension !== undefined) return dimension;
  return isOwner(thing) ? 'requests' : DIMENSION_OF.get(thing.replace(OWNER_BESIDE, ''));
}
