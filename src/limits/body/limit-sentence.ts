import type { Dimension } from '../../key/key.js';
import type { Readings } from '../family.js';
import { parseCount } from '../parse/number.js';
import { limitReading, ReadingsDraft } from '../readings-draft.js';

/** What the sentence of a refusal says. */
export interface SentenceFindings {
  readonly readings: Readings;
  readonly group?: string | undefined;
}

/** The sentence stands at the beginning. */
const MAX_LENGTH = 2000;

const WINDOW_MS: Readonly<Record<string, number>> = {
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const DIMENSION_OF: Readonly<Record<string, Dimension>> = {
  requests: 'requests',
  tokens: 'tokens',
  'input tokens': 'inputTokens',
  'output tokens': 'outputTokens',
};

/**
 * OpenAI's and Groq's own words: `Rate limit reached for model … in organization org-… on tokens
 * per minute (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 50.6s.`
 */
export function readLimitSentence(text: string): SentenceFindings {
  // Logs break lines.
  const sentence = text.slice(0, MAX_LENGTH).replace(/\s+/g, ' ');
  const [, thing = '', unit = '', limitText = '', usedText] =
    /\bon ((?:input |output )?(?:requests|tokens)) per (second|min|minute|hour|day)\b(?: \([A-Z]{2,5}\))?[:.] Limit:? (\d[\d,]{0,20}\d|\d)(?: \/ ?[a-z]{1,10})?[,.]? ?(?:(?:Used|Current):? (\d[\d,]{0,20}\d|\d))?/.exec(
      sentence,
    ) ?? [];
  // OpenAI's is left out: its headers call the same organisation by another name.
  const [, group] = /\bin organization `(org_[\w-]{1,100})`/.exec(sentence) ?? [];
  const dimension = DIMENSION_OF[thing];
  const limit = parseCount(limitText);
  if (dimension === undefined || limit === undefined) return { readings: {}, group };
  const used = usedText === undefined ? undefined : parseCount(usedText);
  const remaining = used === undefined ? undefined : limit - used;
  const draft = new ReadingsDraft();
  // When the call came back, the limit had moved on: no reset, which "try again" does not mean.
  draft.add(dimension, limitReading({ limit, remaining, windowMs: WINDOW_MS[unit] }, 0));
  return { readings: draft.done(), group };
}
