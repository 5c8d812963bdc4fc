import { InvalidOptionError, KeyPoolError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import * as check from '../core/options.js';
import { base64, type Cipher, fromBase64, openPlain, type SealContext } from './cipher.js';

export interface AesGcmCipherOptions {
  /** Keys of 32 bytes by name, raw or in base64. Keep a key for as long as anything is sealed by it. */
  readonly keys: Readonly<Record<string, string | Uint8Array>>;
  /** Name of the key that seals. */
  readonly primary: string;
  /** Secret of the fingerprints. It cannot be changed: known secrets would not be known any more. */
  readonly pepper: string | Uint8Array;
}

const OPTION_NAMES = {
  keys: true,
  primary: true,
  pepper: true,
} satisfies Record<keyof AesGcmCipherOptions, true>;

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const VERSION = 'aes-gcm-1';
const IV_BYTES = 12;

/**
 * AES-256-GCM on Web Crypto. The sealed text names its key, so keys can be replaced: add the new one,
 * make it `primary`, call `reencrypt()`, remove the old one. Pool and key id are authenticated with
 * it; the place in the database is not, so that a backup moves into its slot as it is.
 */
export function aesGcmCipher(options: AesGcmCipherOptions): Cipher {
  checkNames('options', options, OPTION_NAMES);
  const { keys, primary, pepper } = options;
  const raw = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, key] of Object.entries(check.record('keys', keys))) {
    if (!/^[\w-]+$/.test(name)) {
      throw new InvalidOptionError('keys', 'names of letters, digits, - and _', name, `"${name}"`);
    }
    raw.set(name, bytesOf(`keys.${name}`, key));
  }
  if (raw.size === 0) throw new InvalidOptionError('keys', 'one key at least', undefined, 'none');
  check.oneOf('primary', primary, [...raw.keys()]);
  const imported = new Map<string, Promise<CryptoKey>>();
  const keyOf = (name: string): Promise<CryptoKey> => {
    const bytes = raw.get(name);
    if (bytes === undefined) throw unreadable(`by the key "${name}", which was not given`);
    const known = imported.get(name) ?? aesKey(bytes);
    imported.set(name, known);
    return known;
  };
  const pepperBytes = pepperOf(pepper);
  let macKey: Promise<CryptoKey> | undefined;

  return {
    async seal(secret, context) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const parameters = { name: 'AES-GCM', iv, additionalData: aad(context) };
      const text = new TextEncoder().encode(secret);
      const sealed = await crypto.subtle.encrypt(parameters, await keyOf(primary), text);
      return [VERSION, primary, base64(iv), base64(new Uint8Array(sealed))].join(':');
    },
    async open(stored, context) {
      const plain = openPlain(stored);
      if (plain !== undefined) return plain;
      const [version, name = '', iv = '', sealed = ''] = stored.split(':');
      if (version !== VERSION) throw unreadable('in a format that is not known');
      const parameters = { name: 'AES-GCM', iv: fromBase64(iv), additionalData: aad(context) };
      const key = await keyOf(name);
      try {
        const opened = await crypto.subtle.decrypt(parameters, key, fromBase64(sealed));
        return new TextDecoder().decode(opened);
      } catch (cause) {
        throw unreadable(
          `for another pool or key id, or by another "${name}" than is given`,
          cause,
        );
      }
    },
    async fingerprint(secret) {
      macKey ??= hmacKey(pepperBytes);
      const text = new TextEncoder().encode(secret);
      const mac = await crypto.subtle.sign('HMAC', await macKey, text);
      return `hmac:${base64(new Uint8Array(mac))}`;
    },
    isCurrent: (stored) => stored.startsWith(`${VERSION}:${primary}:`),
  };
}

/** Lengths are part of it, so that no two pairs of names run into the same text. */
function aad({ pool, keyId }: SealContext): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify([pool, keyId]));
}

function aesKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function hmacKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
}

function bytesOf(path: string, key: unknown): Uint8Array<ArrayBuffer> {
  const bytes = typeof key === 'string' ? decoded(key) : key;
  if (bytes instanceof Uint8Array && bytes.length === 32) return new Uint8Array(bytes);
  const shown = bytes instanceof Uint8Array ? `${bytes.length} bytes` : shapeOf(key);
  throw new InvalidOptionError(path, '32 bytes, raw or in base64 (not hex)', undefined, shown);
}

/** Says nothing of the value. */
function shapeOf(key: unknown): string {
  return typeof key === 'string' ? 'text that is not base64' : `a value of type ${typeof key}`;
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
}

function pepperOf(pepper: unknown): Uint8Array<ArrayBuffer> {
  const bytes = typeof pepper === 'string' ? new TextEncoder().encode(pepper) : pepper;
  if (bytes instanceof Uint8Array && bytes.length > 0) return new Uint8Array(bytes);
  const shown = pepper === '' ? 'an empty string' : `a value of type ${typeof pepper}`;
  throw new InvalidOptionError('pepper', 'a string or bytes, not empty', undefined, shown);
}

function unreadable(why: string, cause?: unknown): KeyPoolError {
  return new KeyPoolError('STORE_FAILED', `A stored secret was sealed ${why}`, { cause });
}
