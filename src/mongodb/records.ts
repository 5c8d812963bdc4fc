import * as check from '../core/options.js';
import type { RotationFilter, RotationRecord } from '../rotation/rotation-store.js';
import type { Database } from './documents.js';
import type { Journal } from './schema.js';

/** Finished rotations of one pool, oldest first. */
export async function findRecords(
  { history }: Database,
  pool: string,
  { keyId, slot, since, limit = Infinity }: RotationFilter,
): Promise<readonly RotationRecord[]> {
  check.nonNegativeOrInfinite('limit', limit);
  if (since !== undefined) check.finite('since', since);
  if (limit === 0) return [];
  const records = await history.find(
    {
      pool,
      ...(keyId === undefined ? {} : { $or: [{ from: keyId }, { to: keyId }] }),
      ...(slot === undefined ? {} : { slot }),
      ...(since === undefined ? {} : { at: { $gte: since } }),
    },
    // Rotations of one process may fall into one millisecond.
    { sort: { at: 1, order: 1, _id: 1 }, ...(limit === Infinity ? {} : { limit }) },
  );
  return records.map(recordOf);
}

export function recordOf({ slot, g, from, to, reason, at }: Journal): RotationRecord {
  return { slot, generation: g + 1, from, to, reason, at };
}
