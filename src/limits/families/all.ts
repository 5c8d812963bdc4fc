import type { HeaderFamily } from '../family.js';
import { anthropic } from './anthropic.js';
import { azure } from './azure.js';
import { generic, windowsOfDimensions } from './generic.js';
import { ietf } from './ietf.js';
import { openai } from './openai.js';
import { others } from './others.js';
import { shopify } from './shopify.js';
import { x } from './x.js';

/** Specific families first: Azure and others write under OpenAI's names, in another unit. */
export const FAMILIES: readonly HeaderFamily[] = [
  anthropic,
  azure,
  ...others,
  shopify,
  x,
  windowsOfDimensions,
  openai,
  ietf,
  ...generic,
];

/** Headers that every family may need. */
const COMMON = ['date', 'retry-after', 'retry-after-ms', 'x-github-request-id'];

/**
 * Every header that is asked for by name, with the rank of the first family that it betrays;
 * `Infinity` where it betrays none.
 */
export const VOCABULARY: ReadonlyMap<string, number> = new Map([
  ...[...COMMON, ...FAMILIES.flatMap(({ headers }) => headers)].map(
    (name) => [name, Infinity] as const,
  ),
  ...FAMILIES.flatMap(({ marks }, rank) => marks.map((mark) => [mark, rank] as const)).reverse(),
]);
