import { randomBytes } from 'node:crypto';

/** A secret as long as Anthropic's: 108 characters, in one piece. */
export function newSecret(): string {
  return randomBytes(54).toString('hex');
}

/** The id of key number `index`, in one piece: not a view of two other strings. */
export function newId(index: number): string {
  return Buffer.from(`key-${index}`).toString('latin1');
}
