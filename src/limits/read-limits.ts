import type { Dimension } from '../key/key.js';
import { anthropic } from './families/anthropic.js';
import { azure } from './families/azure.js';
import { generic } from './families/generic.js';
import { openai } from './families/openai.js';
import type { Family, ReadContext } from './family.js';
import { type HeaderReader, headerReader, prefixed } from './headers.js';
import type { LimitReading, LimitUpdate, ResponseFacts } from './limit-update.js';
import { readRow } from './read-row.js';
import { writtenAt } from './reset.js';
import { bindsRetryAfter, readRetryAfter } from './retry-after.js';

/** A response whose limits are to be read. */
export interface LimitFacts extends ResponseFacts {
  /** A preset's name; without it the headers tell the family. */
  readonly provider?: string;
  /** Epoch milliseconds at which the response arrived. */
  readonly now: number;
}

/** What a response says of its limits. Total: what is not understood is left out, never guessed. */
export function readLimits(facts: LimitFacts): LimitUpdate {
  try {
    return read(facts);
  } catch {
    return {};
  }
}

/** Specific families first: Azure writes under OpenAI's names, in another unit. */
const FAMILIES: readonly Family[] = [anthropic, azure, openai, ...generic];

/** LiteLLM copies its upstream's headers under this prefix, whole: its `get_headers.py`. */
const LITELLM_PREFIX = 'llm_provider-';

/** Copies that give LiteLLM away. */
const RELAYED_MARKS = [
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
  'anthropic-ratelimit-requests-limit',
  'anthropic-ratelimit-input-tokens-limit',
];

function read(facts: LimitFacts): LimitUpdate {
  const { status, now } = facts;
  if (!Number.isFinite(now)) return {};
  const own = headerReader(facts.headers);
  const isRelayed = RELAYED_MARKS.some((mark) => own(LITELLM_PREFIX + mark) !== undefined);
  const header = isRelayed ? prefixed(own, LITELLM_PREFIX) : own;
  const context: ReadContext = { header, status, now, writtenAt: writtenAt(header, now) };
  const family = familyOf(facts.provider, header);
  const update = family === undefined ? {} : readFamily(family, context);
  const retryAfterMs = statedWait(update, context);
  // Behind a gateway the upstream's organisation is not ours to name.
  const group = isRelayed ? undefined : plainName(family?.group?.(header));
  return {
    ...update,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(group === undefined ? {} : { group }),
  };
}

function familyOf(provider: unknown, header: HeaderReader): Family | undefined {
  const name = typeof provider === 'string' ? provider.toLowerCase() : '';
  return (
    FAMILIES.find(({ providers }) => providers.includes(name)) ??
    FAMILIES.find(({ marks }) => marks.some((mark) => header(mark) !== undefined))
  );
}

function readFamily(family: Family, context: ReadContext): LimitUpdate {
  const readings: Partial<Record<Dimension, LimitReading>> = {};
  const extra: Record<string, LimitReading> = {};
  for (const row of family.limits) {
    const reading = readRow(row, family, context);
    if (reading === undefined) continue;
    if (row.dimension !== undefined) readings[row.dimension] ??= reading;
    if (row.extra !== undefined) extra[row.extra] ??= reading;
  }
  const update = Object.keys(extra).length === 0 ? readings : { ...readings, extra };
  return family.finish?.(update, context) ?? update;
}

/** On a success a Retry-After counts only where the limit is overdrawn (facts §2.5, Azure). */
function statedWait(update: LimitUpdate, context: ReadContext): number | undefined {
  const { status } = context;
  const { requests, tokens, inputTokens, outputTokens } = update;
  const isOverdrawn = [requests, tokens, inputTokens, outputTokens].some(
    (reading) => (reading?.remaining ?? 0) < 0,
  );
  const isBinding = bindsRetryAfter(status) || (status >= 200 && status < 300 && isOverdrawn);
  return isBinding ? readRetryAfter(context.header, context) : undefined;
}

// A name becomes a map's key and a line in a log.
function plainName(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.:@/ -]{1,200}$/.test(text) ? text : undefined;
}
