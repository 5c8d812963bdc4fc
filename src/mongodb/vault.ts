import { Secret } from '../core/secret.js';
import type { StoredKey } from '../rotation/rotation-store.js';
import { type Cipher, openPlain, plainCipher } from './cipher.js';
import type { BackupDocument, SlotDocument } from './schema.js';
import { plainOptions } from './stored-options.js';

type Sealed = Pick<BackupDocument, 'keyId' | 'secret' | 'fp'>;

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

  /**
   * Whether the document tells that its fingerprint was made under this pepper; `undefined` where it
   * cannot tell, since it is not sealed or does not open.
   */
  async hasSamePepper({ keyId, secret, fp }: Sealed): Promise<boolean | undefined> {
    if (secret === undefined || openPlain(secret) !== undefined) return undefined;
    const opened = await this.#open(keyId, secret).catch(() => undefined);
    if (opened === undefined) return undefined;
    return (await this.#cipher.fingerprint(opened.reveal())) === fp;
  }

  /** @throws KeyPoolError where the backup's secret was sealed by a key that is not here */
  async checkOpens({ keyId, secret }: Sealed): Promise<void> {
    // It was used up meanwhile, and whoever did so could open it.
    if (secret !== undefined) await this.#open(keyId, secret);
  }

  /** The document's secret sealed anew, if it is not sealed as it would be today. */
  async renew(keyId: string, sealed: string): Promise<{ secret: string; fp: string } | undefined> {
    if (this.#cipher.isCurrent(sealed)) return undefined;
    return this.seal(keyId, await this.#open(keyId, sealed));
  }

  /**
   * The keys in these slots. One whose secret does not open is left out and reported, unless that is so
   * of all: then it is the cipher that is wrong.
   */
  async keysIn(
    slots: readonly SlotDocument[],
    onUnreadable: (slot: SlotDocument, error: unknown) => void,
  ): Promise<readonly StoredKey[]> {
    const keys: StoredKey[] = [];
    const failures: unknown[] = [];
    for (const slot of slots) {
      try {
        keys.push(await this.keyIn(slot));
      } catch (error) {
        failures.push(error);
        onUnreadable(slot, error);
      }
    }
    if (keys.length === 0 && failures.length > 0) throw failures[0];
    return keys;
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
