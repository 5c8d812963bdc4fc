import type { LimitReading, LimitUpdate } from '../limits/limit-update.js';
import { inputAlone } from './cost/cost-policy.js';
import { estimator, type RequestShape } from './cost/estimator.js';
import { readGeminiUsage } from './cost/gemini-usage.js';
import { type Fields, fieldsIn, largestIn } from './cost/request-body.js';
import { DAY_MS, MINUTE_MS, refillOver } from './limit-shapes.js';
import { originOf } from './origin.js';
import { nextPacificMidnight } from './pacific-midnight.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { bare, readersFor } from './readers.js';

/**
 * Google's Gemini API, at `https://generativelanguage.googleapis.com`. Limits belong to the
 * project, per model: requests and input tokens per minute, requests per day until midnight Pacific
 * time. The model stands in the URL, so name it beside the estimate:
 * `{ model, ...provider.estimate(body) }`.
 * @see https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function gemini(options: PresetOptions = {}): Provider {
  const readers = readersFor('gemini');
  return {
    ...readers,
    readLimits: (facts) => withEnds(readers.readLimits(facts), facts.now),
    origins: [originOf(baseUrlIn(options, 'https://generativelanguage.googleapis.com'))],
    authHeader: bare('x-goog-api-key'),
    modelClass: (model) => model.replace(/^models\//, ''),
    estimate: estimator(GEMINI_REQUEST, inputAlone),
    readUsage: readGeminiUsage,
    defaults: {
      requests: refillOver(MINUTE_MS),
      tokens: refillOver(MINUTE_MS),
      inputTokens: refillOver(MINUTE_MS),
    },
    meteredLate: ['outputTokens'],
  };
}

/**
 * Refusals name quotas but not when they are whole again: a day's at midnight Pacific time, as
 * documented; a minute's when the answer says to come back.
 */
function withEnds(update: LimitUpdate, now: number): LimitUpdate {
  const { retryAfterMs, extra = {} } = update;
  const ended = (reading: LimitReading): LimitReading => {
    const { windowMs, resetAt } = reading;
    if (resetAt !== undefined) return reading;
    if (windowMs === DAY_MS) return { ...reading, resetAt: nextPacificMidnight(now) };
    if (windowMs !== MINUTE_MS || retryAfterMs === undefined) return reading;
    return { ...reading, resetAt: now + retryAfterMs };
  };
  const { requests, tokens, inputTokens } = update;
  return {
    ...update,
    ...(requests === undefined ? {} : { requests: ended(requests) }),
    ...(tokens === undefined ? {} : { tokens: ended(tokens) }),
    ...(inputTokens === undefined ? {} : { inputTokens: ended(inputTokens) }),
    ...(update.extra === undefined ? {} : { extra: mapped(extra, ended) }),
  };
}

function mapped(
  readings: Readonly<Record<string, LimitReading>>,
  change: (reading: LimitReading) => LimitReading,
): Record<string, LimitReading> {
  return Object.fromEntries(Object.entries(readings).map(([name, each]) => [name, change(each)]));
}

/** Fields may be spelt either way, as in all of Google's APIs. */
const GEMINI_REQUEST: RequestShape = {
  input: ['contents', 'content', 'requests', 'systemInstruction', 'system_instruction', 'tools'],
  ceiling: (request) => largestIn(configOf(request), ['maxOutputTokens', 'max_output_tokens']),
};

function configOf(request: Fields): Fields {
  return fieldsIn(request, 'generationConfig') ?? fieldsIn(request, 'generation_config') ?? {};
}
