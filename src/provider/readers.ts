import { classify } from '../failure/classify.js';
import type { HeaderFamily } from '../limits/family.js';
import { readLimits } from '../limits/read-limits.js';
import type { Provider } from './provider.js';

/** The shared readers, bound to one provider's name and perhaps a family of headers of its own. */
export function readersFor(
  name: string,
  family?: HeaderFamily,
): Pick<Provider, 'name' | 'readLimits' | 'classify'> {
  // Named one by one: a `Response` keeps its fields on the prototype, out of a spread's reach.
  return {
    name,
    readLimits: ({ status, headers, body, now }) =>
      readLimits({ provider: name, family, status, headers, body, now }),
    classify: ({ status, headers, body, now, rules = [], secret }) =>
      classify({ provider: name, status, headers, body, now, rules, secret }),
  };
}

/** `Authorization: Bearer …`, as most providers have it. */
export const bearer: Provider['authHeader'] = {
  name: 'authorization',
  format: (secret) => `Bearer ${secret}`,
};

/** A header that is the secret and nothing else. */
export const bare = (name: string): Provider['authHeader'] => ({
  name,
  format: (secret) => secret,
});

/** The model class of a provider whose models have a limit each. */
export const itself = (model: string): string => model;
