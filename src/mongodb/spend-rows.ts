import type { SpendFilter, SpendRow } from '../spend/spend-history.js';

/** A row as it is stored. Its instant is a date, since only dates expire. */
export interface SpendRowDocument extends Omit<SpendRow, 'at'> {
  readonly pool: string;
  readonly at: Date;
}

/** A row of a rotation: by its id it can be written twice and is there once. */
export interface SpendRotationDocument extends SpendRowDocument {
  readonly _id: string;
}

export const SPEND_COLLECTIONS = {
  checks: 'keypool_spend',
  rotations: 'keypool_spend_rotations',
} as const;

export function documentOf(pool: string, { at, ...row }: SpendRow): SpendRowDocument {
  return { pool, ...row, at: new Date(at) };
}

export function rowOf(document: SpendRowDocument): SpendRow {
  const { at, pool: _pool, ...rest } = document;
  const { _id: _, ...row } = { _id: undefined, ...rest };
  return Object.freeze({ ...row, at: at.getTime() });
}

export function filterFor(pool: string, { keyId, event, since }: SpendFilter) {
  return {
    pool,
    ...(keyId === undefined ? {} : { keyId }),
    ...(event === undefined ? {} : { event }),
    ...(since === undefined ? {} : { at: { $gte: new Date(since) } }),
  };
}
