/** The keys to choose from. */
export interface Crowd {
  readonly keys: number;
  /** Share of the keys that have nothing left for an hour: 0 to 1. @defaultValue 0 */
  readonly exhausted?: number;
}

/** A limit a minute far above what a run can take. */
export const ENDLESS = 1e12;

/** Spreads the exhausted evenly, as keys of many organisations run out. */
export function isExhausted(index: number, { exhausted = 0 }: Crowd): boolean {
  return Math.floor((index + 1) * exhausted + 1e-9) > Math.floor(index * exhausted + 1e-9);
}

/** `100,000 keys, 99 % exhausted`. */
export function crowdName({ keys, exhausted = 0 }: Crowd): string {
  return `${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'}, ${Math.round(100 * exhausted)} % exhausted`;
}

/** One value for each key, by its index. */
export function each<Value>({ keys }: Crowd, make: (index: number) => Value): Value[] {
  return Array.from({ length: keys }, (_, index) => make(index));
}
