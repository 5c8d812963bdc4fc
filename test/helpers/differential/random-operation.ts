import fc, { type Arbitrary } from 'fast-check';
import type { Rows } from '../operation-suite/operation-case.js';

/** One operation of the kinds that the store does, on few enough values that they meet. */
export interface RandomOperation {
  readonly shown: string;
  run(rows: Rows): Promise<unknown>;
}

const id = fc.constantFrom('a', 'b', 'c', 'd');
const small = fc.integer({ min: 0, max: 3 });
const text = fc.constantFrom('x', 'y', 'z');
const subdocument = fc.record({ a: text, g: small }, { requiredKeys: ['a'] });
const value = fc.oneof(small, text, subdocument, fc.constant(null), fc.boolean());
const path = fc.constantFrom('n', 'fp', 'j', 'j.a', 'j.g', 'claim', 'claim.a', 'state');

const row = fc
  .record(
    { _id: id, pool: fc.constantFrom('p', 'q'), fp: text, n: small, j: value, state: value },
    { requiredKeys: ['_id', 'pool'] },
  )
  .map((fields): { _id: string } => fields);

const condition: Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: value },
  fc.record({ $ne: value }),
  fc.record({ $in: fc.array(value, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(value, { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $gte: small, $lt: small }),
  fc.record({ $lte: text }),
);

const oneFilter = fc.oneof(
  fc.record({ _id: id }),
  fc.tuple(path, condition).map(([name, what]) => ({ [name]: what })),
  fc.record({ pool: fc.constantFrom('p', 'q') }),
);
const filter: Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: fc.array(oneFilter, { maxLength: 3 }).map(merged) },
  fc.tuple(oneFilter, oneFilter).map((either) => ({ $or: either })),
  fc.tuple(oneFilter, oneFilter).map((both) => ({ $and: both })),
);

const assignments = (values: Arbitrary<unknown>) =>
  fc.array(fc.tuple(path, values), { minLength: 1, maxLength: 3 }).map(Object.fromEntries);
const operator: Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ $set: assignments(value) }) },
  fc.record({ $inc: assignments(small) }),
  fc.record({ $unset: assignments(fc.constant('')) }),
  fc.record({ $setOnInsert: assignments(value) }),
  fc.record({ $min: assignments(small) }),
  fc.record({ $max: assignments(small) }),
);
// The operation suite asks what conflicts answer.
const change = fc
  .array(operator, { minLength: 1, maxLength: 2 })
  .map(merged)
  .filter((what) => !hasConflict(Object.values(what).flatMap(Object.keys)));

/** Refused on no row: which rows an update has reached when it fails depends on their order. */
const certainChange: Arbitrary<object> = fc
  .tuple(fc.constantFrom('n', 'j', 'state'), value, fc.boolean())
  .map(([name, what, isSet]) => (isSet ? { $set: { [name]: what } } : { $unset: { [name]: '' } }));

const projection = fc.constantFrom(
  undefined,
  { n: 1 },
  { _id: 0, fp: 1, 'j.a': 1 },
  { secret: 0, claim: 0 },
);
const upsert = fc.boolean();

/** Every operation names the ids it may touch first, so that "the first match" is the same one. */
export const randomOperation: Arbitrary<RandomOperation> = fc.oneof(
  {
    weight: 4,
    arbitrary: operation('insertOne', fc.tuple(row), (rows, fields) => rows.insertOne(fields)),
  },
  operation('updateOne', fc.tuple(id, filter, change, upsert), (rows, _id, where, what, isUpsert) =>
    rows.updateOne({ ...where, _id }, what, { upsert: isUpsert && isPlain(where) }),
  ),
  operation('updateMany', fc.tuple(filter, certainChange), (rows, where, what) =>
    rows.updateMany(where, what),
  ),
  operation(
    'findOneAndUpdate',
    fc.tuple(filter, change, upsert, fc.constantFrom('before', 'after'), projection),
    (rows, where, what, isUpsert, returnDocument, shown) =>
      rows.findOneAndUpdate(where, what, {
        sort: { _id: 1 },
        upsert: isUpsert && '_id' in where && isPlain(where),
        returnDocument: returnDocument as 'before' | 'after',
        includeResultMetadata: true,
        ...(shown && { projection: shown }),
      }),
  ),
  operation('replaceOne', fc.tuple(id, row), (rows, _id, fields) =>
    rows.replaceOne({ _id }, { ...fields, _id }),
  ),
  operation('deleteOne', fc.tuple(id, filter), (rows, _id, where) =>
    rows.deleteOne({ ...where, _id }),
  ),
  operation('find', fc.tuple(filter, projection), (rows, where, shown) =>
    rows
      .find(where, shown ? { projection: shown } : {})
      .sort({ _id: 1 })
      .toArray(),
  ),
  operation('sort', fc.tuple(path, fc.constantFrom(1 as const, -1 as const)), (rows, by, order) =>
    rows
      .find()
      .sort({ [by]: order, _id: 1 })
      .toArray(),
  ),
);

function operation<Values extends unknown[]>(
  name: string,
  values: Arbitrary<Values>,
  run: (rows: Rows, ...values: Values) => Promise<unknown>,
): Arbitrary<RandomOperation> {
  return values.map((drawn) => ({
    shown: `${name} ${JSON.stringify(drawn)}`,
    run: (rows) => run(rows, ...structuredClone(drawn)),
  }));
}

function merged(parts: readonly object[]): object {
  return Object.assign({}, ...parts);
}

function hasConflict(paths: readonly string[]): boolean {
  return paths.some((path, index) =>
    paths.some((other, position) => position !== index && `${other}.`.startsWith(`${path}.`)),
  );
}

/** Whether an upsert can tell from the filter, beyond dispute, what to insert. */
function isPlain(where: object): boolean {
  return !('$and' in where) && !hasConflict(Object.keys(where));
}
