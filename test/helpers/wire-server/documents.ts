import { BSON } from 'mongodb';

/** A document, or a part of one, as BSON gives it. */
export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

/** The value at a dotted path. An array on the way ends the walk: it is the value. */
export function valueAt(document: Fields, path: string): unknown {
  let value: unknown = document;
  for (const name of path.split('.')) {
    if (Array.isArray(value)) return value;
    if (!isFields(value)) return undefined;
    value = value[name];
  }
  return value;
}

/** A copy that shares nothing, with the types it would have after a trip over the wire. */
export const copyOf = (document: Fields): Fields =>
  BSON.deserialize(BSON.serialize(document, { ignoreUndefined: false }));

export const isSame = (one: Fields, other: Fields): boolean =>
  Buffer.compare(BSON.serialize(one), BSON.serialize(other)) === 0;

/** A string that two values share exactly when an index holds them equal; missing is null. */
export const keyString = (values: readonly unknown[]): string =>
  Buffer.from(BSON.serialize({ key: values.map((value) => value ?? null) })).toString('base64');
