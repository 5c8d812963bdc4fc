import { camelCase } from '../parse/camel-case.js';
import { provenUnit } from '../parse/presumed-unit.js';
import { parseWait, unitless } from '../parse/reset.js';
import { type HeaderTable, type LimitRow, tableFamily } from '../table-family.js';

/** Limits of other things than requests and tokens: images, audio, a project's tokens. */
const OTHER = /^x-ratelimit-(?:limit|remaining|reset)-([a-z][a-z\d_-]{0,40})$/;

/** What OpenAI and those who write as it does have in common. */
export const openaiTable = {
  marks: ['requests', 'tokens'].flatMap((name) => [
    `x-ratelimit-limit-${name}`,
    `x-ratelimit-remaining-${name}`,
    `x-ratelimit-reset-${name}`,
  ]),
  limits: [
    { dimension: 'requests', ...openaiNames('requests') },
    { dimension: 'tokens', ...openaiNames('tokens') },
    { dimension: 'inputTokens', ...openaiNames('input-tokens') },
    { dimension: 'outputTokens', ...openaiNames('output-tokens') },
  ],
  unlisted: { pattern: OTHER, rowsOf: otherRows },
  resetMs: (text, { limit, remaining }, context) =>
    parseWait(text, context, (value) => unitless(value) ?? provenUnit(value, limit, remaining)),
  group(header) {
    const organization = header('openai-organization');
    const project = header('openai-project');
    return project === undefined || organization === undefined
      ? organization
      : `${organization}/${project}`;
  },
  alsoReads: ['openai-organization', 'openai-project'],
} satisfies Partial<HeaderTable>;

/**
 * OpenAI, Groq and others: Go durations, the time until a continuously refilled bucket is full.
 * One name serves limits per minute and per day; only the reset's distance tells them apart.
 * @see https://developers.openai.com/api/docs/guides/rate-limits
 */
export const openai = tableFamily({
  ...openaiTable,
  providers: ['openai', 'groq', 'xai'],
  inferWindowGrainMs: 1,
});

/** The three headers of one of OpenAI's limits. */
export function openaiNames(name: string): Pick<LimitRow, 'limit' | 'remaining' | 'reset'> {
  return {
    limit: `x-ratelimit-limit-${name}`,
    remaining: `x-ratelimit-remaining-${name}`,
    reset: `x-ratelimit-reset-${name}`,
  };
}

function otherRows(names: readonly string[]): LimitRow[] {
  const things = new Set(names.map((name) => OTHER.exec(name)?.[1] ?? ''));
  return [...things].map((thing) => ({ extra: camelCase(thing), ...openaiNames(thing) }));
}
