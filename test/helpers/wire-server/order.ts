import { BSON } from 'mongodb';
import { type Fields, isFields, valueAt } from './documents.js';

/** Fields and directions, in order of weight. */
export type SortSpec = Readonly<Record<string, number>>;

/** Which type sorts first, as MongoDB's manual lists them under "Comparison/Sort Order". */
function rank(value: unknown): number {
  if (value === undefined || value === null) return 1;
  if (typeof value === 'number' || value instanceof BSON.Long) return 2;
  if (typeof value === 'string') return 3;
  if (isFields(value)) return 4;
  if (Array.isArray(value)) return 5;
  if (value instanceof BSON.Binary) return 6;
  if (value instanceof BSON.ObjectId) return 7;
  if (typeof value === 'boolean') return 8;
  if (value instanceof Date) return 9;
  return 10;
}

/** What `<` compares within one type. */
function comparable(value: unknown): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean' || value instanceof Date) return Number(value);
  if (value instanceof BSON.Long) return value.toNumber();
  if (value instanceof BSON.ObjectId) return value.toHexString();
  if (value instanceof BSON.Binary) return value.toString('hex');
  return JSON.stringify(value ?? null);
}

function compareValues(one: unknown, other: unknown): number {
  const byType = rank(one) - rank(other);
  if (byType !== 0) return byType;
  if (isFields(one) && isFields(other)) return compareFields(one, other);
  const [left, right] = [comparable(one), comparable(other)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Field by field as they come: by type, then by name, then by value; the shorter one first. */
function compareFields(one: Fields, other: Fields): number {
  const [left, right] = [Object.entries(one), Object.entries(other)];
  for (const [index, [name, value]] of left.entries()) {
    const [otherName, otherValue] = right[index] ?? [];
    if (otherName === undefined) return 1;
    const order =
      rank(value) - rank(otherValue) ||
      (name === otherName ? compareValues(value, otherValue) : name < otherName ? -1 : 1);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Orders by the values of the fields, each in its direction. */
export function compareBy(sort: SortSpec): (one: Fields, other: Fields) => number {
  const fields = Object.entries(sort);
  return (one, other) => {
    for (const [path, direction] of fields) {
      const order = compareValues(valueAt(one, path), valueAt(other, path));
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}
