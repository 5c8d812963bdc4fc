const inspect = Symbol.for('nodejs.util.inspect.custom');
// Registered, so that two copies of this package, or its ESM and CJS builds, know each other's secrets.
const brand = Symbol.for('keypool.secret');

/**
 * A credential that is shown by an explicit `reveal()` only. Printing, inspecting or serialising it
 * shows a fingerprint: equal for equal secrets within one process and one copy of this package, and
 * salted anew in every other, so that a log cannot be used to test guesses.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  static from(value: string | Secret): Secret {
    return isSecret(value) ? value : new Secret(value);
  }

  get [brand](): boolean {
    return #value in this;
  }

  /** The credential itself: call it at the edge, where the request is built. */
  reveal(): string {
    return this.#value;
  }

  /** 13 hexadecimal digits that tell secrets apart within this process. */
  get fingerprint(): string {
    return fingerprint(this.#value);
  }

  toString(): string {
    return `[Secret ${this.fingerprint}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect](): string {
    return this.toString();
  }
}

/** Whether the value is a secret, also when another copy of this package made it. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && brand in value && value[brand] === true;
}

let salt: readonly [number, number] | undefined;

/** cyrb53, a public-domain 53-bit string hash by bryc, over a salt drawn at first use. */
function fingerprint(text: string): string {
  // Not at module scope: Workers refuse random values there.
  if (salt === undefined) {
    const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
    salt = [a, b];
  }
  let high = 0xdeadbeef ^ salt[0];
  let low = 0x41c6ce57 ^ salt[1];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, '0').slice(-13);
}
