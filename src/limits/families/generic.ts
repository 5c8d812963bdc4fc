import type { HeaderFamily, ReadContext, Readings } from '../family.js';
import { readNamedLimits } from '../named-limits.js';
import { isOwner } from '../parse/dimension-names.js';
import { figureNames, limitName } from '../parse/limit-name.js';

/**
 * A dimension's limits by their windows, as Mistral and Cerebras name them. Comes before OpenAI's
 * family, which would take the window for a thing.
 * @see https://github.com/mistralai/client-ts/issues/169
 * @see https://inference-docs.cerebras.ai/support/rate-limits
 */
export const windowsOfDimensions: HeaderFamily = {
  ...spelt('x-ratelimit'),
  marks: [],
  pattern:
    /^x-ratelimit-(?:[\w-]+-)?(?:req|requests|tokens)-(?:\d+-)?(?:second|minute|hour|day|week|month)$/,
};

/** The trio that most APIs send, for one limit or for several, in any spelling. */
export const generic: readonly HeaderFamily[] = [
  spelt('x-ratelimit'),
  spelt('x-rate-limit'),
  spelt('rate-limit'),
  {
    providers: [],
    marks: [],
    pattern: /^x-[a-z\d-]+-rate-?limit-/,
    headers: [],
    read: readOwned,
  },
];

function spelt(stem: string): HeaderFamily {
  return {
    providers: [],
    marks: [stem, `${stem}-requests`, `${stem}-tokens`].flatMap(figureNames),
    pattern: new RegExp(`^${stem}(?:-|$)`),
    headers: [],
    read: (context) => readNamedLimits(stem, context),
  };
}

/**
 * Limits behind a word for who is limited (`x-organization-ratelimit-…`) or the provider's own name.
 * Other words may say what is counted, and of two it would not be known which one binds.
 */
function readOwned(context: ReadContext): Readings {
  const owners = new Map<string, string>();
  for (const name of context.names()) {
    const { owner = '', stem = '' } = limitName(name) ?? {};
    if (owner !== '') owners.set(stem, owner);
  }
  const [[stem, owner] = ['', ''], ...others] = owners;
  const isKnown = isOwner(owner) || owner === context.provider;
  return isKnown && others.length === 0 ? readNamedLimits(stem, context) : {};
}
