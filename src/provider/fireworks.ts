import type { LimitReading } from '../limits/limit-update.js';
import { MINUTE_MS, refillOver, SECOND_MS } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * Fireworks AI, at `https://api.fireworks.ai/inference/v1`. Limits belong to the account, per
 * model, and move with its traffic. Tokens are stated per second and enforced per minute; what is
 * left of them is not said in a unit that could be relied on.
 * @see https://docs.fireworks.ai/serverless/rate-limits
 */
export function fireworks(options: PresetOptions = {}): Provider {
  const provider = openaiCompatible({
    name: 'fireworks',
    baseUrl: baseUrlIn(options, 'https://api.fireworks.ai/inference/v1'),
    defaults: {
      requests: refillOver(MINUTE_MS),
      inputTokens: refillOver(MINUTE_MS),
      outputTokens: refillOver(MINUTE_MS),
    },
  });
  const readLimits: Provider['readLimits'] = (facts) => {
    const { inputTokens, outputTokens, ...others } = provider.readLimits(facts);
    return {
      ...others,
      ...(inputTokens === undefined ? {} : { inputTokens: perMinute(inputTokens) }),
      ...(outputTokens === undefined ? {} : { outputTokens: perMinute(outputTokens) }),
    };
  };
  return { ...provider, readLimits };
}

/** A limit stated per second, as it is enforced: else no call could exceed a second's worth. */
function perMinute({ limit }: LimitReading): LimitReading {
  if (limit === undefined) return {};
  return { limit: (limit * MINUTE_MS) / SECOND_MS, windowMs: MINUTE_MS, kind: 'refill' };
}
