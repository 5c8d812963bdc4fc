import { SECOND_MS, windowOf } from './limit-shapes.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * Discord with bot tokens, at `https://discord.com/api/v10`. Limits belong to the bot, per route
 * and top-level resource: name both as the `model`, such as `POST /channels/1/messages`. The limit
 * over all routes is per second.
 * @see https://docs.discord.com/developers/topics/rate-limits
 */
export function discord(options: PresetOptions = {}): Provider {
  return requestApi({
    name: 'discord',
    baseUrl: baseUrlIn(options, 'https://discord.com/api/v10'),
    requests: windowOf(SECOND_MS),
    authHeader: { name: 'authorization', format: (secret) => `Bot ${secret}` },
  });
}
