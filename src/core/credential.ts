import { InvalidOptionError } from './errors.js';
import { nonEmptyString, record } from './options.js';
import { Secret } from './secret.js';

/** Checks what makes a key a key: a secret, and an id if one is given. Says nothing of the secret. */
export function checkCredential(
  path: string,
  key: { readonly id?: unknown; readonly secret: unknown },
): void {
  record(path, key);
  if (key.id !== undefined) nonEmptyString(`${path}.id`, key.id);
  const text = key.secret instanceof Secret ? key.secret.reveal() : key.secret;
  if (typeof text === 'string' && text.length > 0) return;
  const shown = text === '' ? 'an empty string' : `a value of type ${typeof text}`;
  const expected = 'a string that is not empty, or a Secret';
  throw new InvalidOptionError(`${path}.secret`, expected, undefined, shown);
}
