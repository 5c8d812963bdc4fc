import type { Readings } from '../family.js';
import { DIMENSION_OF } from '../parse/dimension-names.js';
import { parseCount } from '../parse/number.js';
import { MS_PER } from '../parse/units.js';
import { leftOf, limitReading, ReadingsDraft } from '../readings-draft.js';

/** What the sentence of a refusal says. */
export interface SentenceFindings {
  readonly readings: Readings;
  readonly group?: string | undefined;
}

/** The sentence stands at the beginning. */
const MAX_LENGTH = 2000;

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
      0,
    ),
  );
  return { readings: draft.done(), group };
}
