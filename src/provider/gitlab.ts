import { MINUTE_MS, windowOf } from './limit-shapes.js';
import { baseUrlIn, type PresetOptions } from './preset-options.js';
import type { Provider } from './provider.js';
import { requestApi } from './request-api.js';

/**
 * GitLab, at `https://gitlab.com` or your own address. Limits belong to the user, per minute; some
 * endpoints have their own: name such an endpoint as the `model`. Access tokens of every kind go as
 * bearer tokens.
 * @see https://docs.gitlab.com/user/gitlab_com/rate_limits/
 * @see https://docs.gitlab.com/api/rest/authentication/
 */
export function gitlab(options: PresetOptions = {}): Provider {
  return requestApi({
    name: 'gitlab',
    baseUrl: baseUrlIn(options, 'https://gitlab.com'),
    requests: windowOf(MINUTE_MS),
  });
}
