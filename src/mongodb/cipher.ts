import { KeyPoolError } from '../core/errors.js';

/** Where a secret belongs: sealed text moved to another place must not open. */
export interface SealContext {
  readonly pool: string;
  readonly keyId: string;
}

/** Turns secrets into what the database holds, and back. `aesGcmCipher` makes one. */
export interface Cipher {
  seal(secret: string, context: SealContext): Promise<string>;
  /** Opens what any of its keys sealed. */
  open(sealed: string, context: SealContext): Promise<string>;
  /** The same for the same secret in every process: what makes secrets unique in the database. */
  fingerprint(secret: string): Promise<string>;
  /** Whether the text is sealed as `seal` would seal it now; `reencrypt` renews the others. */
  isCurrent(sealed: string): boolean;
}

const PREFIX = 'plain:';

/** No encryption: whoever can read the database can use the keys. */
export const plainCipher: Cipher = {
  seal: async (secret) => `${PREFIX}${secret}`,
  async open(stored, { keyId }) {
    const plain = openPlain(stored);
    if (plain !== undefined) return plain;
    // To take what is sealed for a secret would have every key refused, and every backup used up.
    const message = `The secret of "${keyId}" is sealed, and this store has no cipher`;
    throw new KeyPoolError('STORE_FAILED', message);
  },
  async fingerprint(secret) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
    return `sha256:${base64(new Uint8Array(digest))}`;
  },
  isCurrent: (stored) => stored.startsWith(PREFIX),
};

/** The secret, if it was stored without a cipher. */
export function openPlain(stored: string): string | undefined {
  return stored.startsWith(PREFIX) ? stored.slice(PREFIX.length) : undefined;
}

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
