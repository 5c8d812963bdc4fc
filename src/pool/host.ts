import type { Provider } from '../provider/provider.js';

/** What the provider's host is called in events and statistics: its origin, or else its name. */
export function hostOf({ origins, name }: Provider): string {
  return origins[0] ?? name;
}
