import { anyOf } from '../../core/any-of.js';
import type { Dimension } from '../../key/key.js';
import type { Readings } from '../family.js';
import { leftOf, limitReading } from '../limit-reading.js';
import { DIMENSION_OF } from '../parse/dimension-names.js';
import { parseCount } from '../parse/number.js';
import { MS_PER } from '../parse/units.js';
import { ReadingsDraft } from '../readings-draft.js';

/** What the sentence of a refusal says. */
export interface SentenceFindings {
  readonly readings: Readings;
  readonly group?: string | undefined;
}

/** Whoever writes the sentence refuses; when is of no matter, without a reset. */
const REFUSED = { status: 429, now: 0 };

/** The sentence stands at the beginning. */
const MAX_LENGTH = 2000;

/**
 * OpenAI's and Groq's own words: `Rate limit reached for model … in organization org-… on tokens
 * per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 50.6s.`
 */
export function readLimitSentence(text: string): SentenceFindings {
  // Logs break lines.
  const sentence = text.slice(0, MAX_LENGTH).replace(/\s+/g, ' ');
  const { thing = '', unit = '', limitText = '', usedText } = LIMIT.exec(sentence)?.groups ?? {};
  // OpenAI's is left out: its headers call the same organisation by another name.
  const [, group] = /\bin organization `(org_[\w-]{1,100})`/.exec(sentence) ?? [];
  const dimension = DIMENSION_OF.get(thing.replace(' ', '-'));
  const limit = parseCount(limitText);
  if (dimension === undefined || limit === undefined) return { readings: {}, group };
  const used = usedText === undefined ? undefined : parseCount(usedText);
  const draft = new ReadingsDraft();
  // When the call came back, the limit had moved on: no reset, which "try again" does not mean.
  draft.add(
    dimension,
    limitReading(
      { limit, remaining: leftOf(limit, used), windowMs: MS_PER[unit], kind: 'refill' },
      REFUSED,
    ),
  );
  return { readings: draft.done(), group };
}

/** The dimension that a refusal names, where it names no second one. */
export function dimensionInText(text: string): Dimension | undefined {
  const start = text.slice(0, MAX_LENGTH);
  const { readings } = readLimitSentence(start);
  const stated = [...DIMENSION_OF.values()].find((each) => readings[each] !== undefined);
  if (stated !== undefined) return stated;
  const named = NAMED.filter(([words]) => words.test(start));
  return named.length === 1 ? named[0]?.[1] : undefined;
}

const THING = '(?<thing>(?:input |output )?(?:requests|tokens))';
const WINDOW = String.raw`(?<unit>second|min|minute|hour|day)\b(?: \([A-Z]{2,5}\))?`;
const COUNT = String.raw`\d[\d,]{0,20}\d|\d`;

/** `on tokens per minute (TPM): Limit 7000, Used 0`, `on requests per day. Limit: 200 / day. Current: 1`. */
const LIMIT = new RegExp(
  String.raw`\bon ${THING} per ${WINDOW}[:.] Limit:? (?<limitText>${COUNT})` +
    String.raw`(?: \/ ?[a-z]{1,10})?[,.]? ?(?:(?:Used|Current):? (?<usedText>${COUNT}))?`,
);

/** What a limit is on, in words: `input tokens per minute`, `token rate limit`, `TPM`. */
const NAMED: readonly (readonly [RegExp, Dimension])[] = [
  [/(?<![a-z])input[ _]tokens?[ _](?:per[ _]|rate limit)|\bITPM\b/i, 'inputTokens'],
  [/(?<![a-z])output[ _]tokens?[ _](?:per[ _]|rate limit)|\bOTPM\b/i, 'outputTokens'],
  [
    anyOf(
      /(?<!input[ _]|output[ _]|[a-z])tokens?[ _](?:per[ _]|rate limit)/i,
      /\bTP[MD]\b/i,
      /too many tokens, please wait/i, // Bedrock
    ),
    'tokens',
  ],
  [
    anyOf(
      /(?<![a-z])(?:requests?|calls?|queries)[ _](?:per[ _]|rate limit|\/ ?(?:min|second))/i,
      /\bRP[MD]\b/i,
    ),
    'requests',
  ],
];
