import { InvalidOptionError } from '../core/errors.js';

/** The origin of a base URL: where the keys may go. */
export function originOf(baseUrl: string): string {
  try {
    const { origin } = new URL(baseUrl);
    if (origin !== 'null') return origin;
  } catch {
    // Said below, with the option's name.
  }
  throw new InvalidOptionError('baseUrl', 'an absolute URL', baseUrl);
}
