import { MINUTE_MS, refillOver } from './limit-shapes.js';
import { openaiCompatible } from './openai-compatible.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';

/**
 * xAI, at `https://api.x.ai/v1`. Limits belong to the team, per model and minute; prompt,
 * completion, reasoning and cached tokens all count.
 * @see https://docs.x.ai/docs/key-information/consumption-and-rate-limits
 */
export function xai(options: PresetOptions = {}): Provider {
  return openaiCompatible({
    name: 'xai',
    baseUrl: baseUrlIn(options, 'https://api.x.ai/v1'),
    defaults: { requests: refillOver(MINUTE_MS), tokens: refillOver(MINUTE_MS) },
  });
}
