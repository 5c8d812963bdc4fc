import * as check from '../core/options.js';
import type { RotationFilter, RotationRecord } from './rotation-store.js';

/** The records that fit the filter, of records that come oldest first. */
export function selectRecords(
  records: readonly RotationRecord[],
  { keyId, slot, since, limit = Infinity }: RotationFilter,
): readonly RotationRecord[] {
  check.nonNegativeOrInfinite('limit', limit);
  const from = since === undefined ? -Infinity : check.finite('since', since);
  return records
    .filter((record) => keyId === undefined || record.from === keyId || record.to === keyId)
    .filter((record) => (slot === undefined || record.slot === slot) && record.at >= from)
    .slice(0, limit);
}
