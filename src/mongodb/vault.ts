import { Secret } from '../core/secret.js';
import type { StoredKey } from '../rotation/rotation-store.js';
import { type Cipher, plainCipher } from './cipher.js';
import type { SlotDocument } from './schema.js';
import { plainOptions } from './stored-options.js';

/** Secrets on their way into the documents of one pool, and out of them. */
export class Vault {
  readonly #cipher: Cipher;
  readonly #pool: string;

  constructor(cipher: Cipher, pool: string) {
    this.#cipher = cipher;
    this.#pool = pool;
  }

  async seal(keyId: string, secret: Secret): Promise<{ secret: string; fp: string }> {
    const text = secret.reveal();
    const sealed = await this.#cipher.seal(text, { pool: this.#pool, keyId });
    return { secret: sealed, fp: await this.#cipher.fingerprint(text) };
  }

  /** Fingerprints under which the secret may be known: also from before there was a cipher. */
  async fingerprints(secret: Secret): Promise<readonly string[]> {
    const text = secret.reveal();
    const ciphers = new Set([this.#cipher, plainCipher]);
    return Promise.all(Array.from(ciphers, (cipher) => cipher.fingerprint(text)));
  }

  /** The document's secret sealed anew, if it is not sealed as it would be today. */
  async renew(keyId: string, sealed: string): Promise<{ secret: string; fp: string } | undefined> {
    if (this.#cipher.isCurrent(sealed)) return undefined;
    return this.seal(keyId, await this.#open(keyId, sealed));
  }

  async keyIn(slot: SlotDocument): Promise<StoredKey> {
    const { _id, keyId, secret, options, gen, state } = slot;
    return Object.freeze({
      ...plainOptions(options),
      id: keyId,
      secret: await this.#open(keyId, secret),
      slot: _id,
      generation: gen,
      ...(state === 'exhausted' ? { exhausted: true } : {}),
    });
  }

  async #open(keyId: string, sealed: string): Promise<Secret> {
    return new Secret(await this.#cipher.open(sealed, { pool: this.#pool, keyId }));
  }
}
