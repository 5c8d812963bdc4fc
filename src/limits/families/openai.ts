import type { Family, LimitRow } from '../family.js';
import { parseWait, unitless } from '../reset.js';

/**
 * OpenAI and its imitators: Go durations, the time until a continuously refilled bucket is full.
 * One name serves limits per minute and per day; only the reset's distance tells them apart.
 * @see https://developers.openai.com/api/docs/guides/rate-limits
 */
export const openai: Family = {
  providers: ['openai'],
  marks: ['requests', 'tokens'].flatMap((name) => [
    `x-ratelimit-limit-${name}`,
    `x-ratelimit-remaining-${name}`,
    `x-ratelimit-reset-${name}`,
  ]),
  limits: [
    { dimension: 'requests', ...openaiNames('requests') },
    { dimension: 'tokens', ...openaiNames('tokens') },
    { extra: 'projectTokens', ...openaiNames('project-tokens') },
    { extra: 'inputImages', ...openaiNames('input-images') },
    { extra: 'tokens_usage_based', ...openaiNames('tokens_usage_based') },
  ],
  resetMs: (text, _known, context) => parseWait(text, context, unitless),
  inferWindowGrainMs: 1,
  group(header) {
    const organization = header('openai-organization');
    const project = header('openai-project');
    return project === undefined || organization === undefined
      ? organization
      : `${organization}/${project}`;
  },
};

/** The three headers of one of OpenAI's limits. */
export function openaiNames(name: string): Pick<LimitRow, 'limit' | 'remaining' | 'reset'> {
  return {
    limit: `x-ratelimit-limit-${name}`,
    remaining: `x-ratelimit-remaining-${name}`,
    reset: `x-ratelimit-reset-${name}`,
  };
}
