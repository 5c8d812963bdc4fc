import { inputAndCeiling } from './cost/cost-policy.js';
import { DAY_MS, MINUTE_MS, windowOf } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Cerebras, at `https://api.cerebras.ai/v1`. Limits belong to the organisation, per model; they are
 * documented as refilled, but recorded resets stand at the ends of wall-clock windows, which the
 * reader therefore states. Admission takes the input and `max_completion_tokens`: state it. Cached
 * input counts too, against the limit on all tokens.
 * @see https://inference-docs.cerebras.ai/support/rate-limits
 */
export function cerebras(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'cerebras',
    baseUrl: baseUrlIn(options, 'https://api.cerebras.ai/v1'),
    reserves: inputAndCeiling(MOST_OUTPUT_RESERVED),
    defaults: { requests: windowOf(DAY_MS), tokens: windowOf(MINUTE_MS) },
    meteredLate: [],
  });
}

/**
 * No more is reserved, and as much where the request states no ceiling. Not documented, but
 * reported: https://github.com/dcdpr/jp/pull/1085.
 */
const MOST_OUTPUT_RESERVED = 16_384;
