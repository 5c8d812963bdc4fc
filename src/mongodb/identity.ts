const HEX = 16;

/** Sixteen random hexadecimal digits: unique without asking anybody. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(HEX).padStart(2, '0')).join('');
}

/** Names for the calls, claims and slots of one store. */
export class Identity {
  readonly #name: string;
  #calls = 0;
  #order = 0;

  constructor(name: string) {
    this.#name = name;
  }

  newCall(): string {
    this.#calls += 1;
    return `${this.#name}-${this.#calls}`;
  }

  /** Grows with every use. */
  nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }
}

/** Whether the claim was made by this call, under whichever number. */
export function isOwnClaim(claim: string, call: string): boolean {
  return claim.startsWith(`${call}:`);
}
