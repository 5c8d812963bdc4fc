import { Query } from 'mingo';
import { copyOf, type Fields } from '../documents.js';

const everything = new Query<Fields>({}, {});

/** A copy of the document with the fields that the projection leaves. */
export function project(document: Fields, projection: Fields | undefined): Fields {
  const copy = copyOf(document);
  if (projection === undefined || Object.keys(projection).length === 0) return copy;
  const [projected = {}] = everything.find<Fields>([copy], projection).all();
  return projected;
}
