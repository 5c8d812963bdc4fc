import { generic } from './generic.js';
import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { originOf } from './origin.js';
import { baseUrlIn, type OwnAddressOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * A LiteLLM proxy with its virtual keys. Limits are the key's own, per minute, or else the
 * upstream's, whose headers the proxy copies; bodies are OpenAI's or Anthropic's.
 * @see https://docs.litellm.ai/docs/proxy/response_headers
 */
export function litellm(options: OwnAddressOptions): Provider {
  return generic({
    name: 'litellm',
    origins: [originOf(baseUrlIn(options))],
    defaults: { requests: refillOver(MINUTE_MS), tokens: refillOver(MINUTE_MS) },
  });
}
