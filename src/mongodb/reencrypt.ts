import type { Logger } from '../core/logger.js';
import type { Database } from './documents.js';
import { isDuplicate } from './documents.js';
import type { Vault } from './vault.js';

export interface ReencryptReport {
  /** Secrets sealed anew. */
  readonly renewed: number;
  /** Secrets that changed hands meanwhile: call again. */
  readonly skipped: number;
}

interface Context {
  readonly database: Database;
  readonly pool: string;
  readonly vault: Vault;
  readonly logger: Logger;
}

/** Seals what is not sealed by the primary key, while rotations go on. */
export async function reencrypt(context: Context): Promise<ReencryptReport> {
  const slots = await renewSlots(context);
  const backups = await renewBackups(context);
  const matched = [...slots, ...backups];
  const renewed = matched.filter((count) => count === 1).length;
  return { renewed, skipped: matched.length - renewed };
}

/** How many documents each renewal matched: 1, or 0 where the secret changed hands meanwhile. */
type Matched = readonly number[];

async function renewSlots({ database, pool, vault, logger }: Context): Promise<Matched> {
  const { slots } = database;
  const matched: number[] = [];
  for (const { _id, keyId, secret } of await slots.find({ pool }, { hint: { _id: 1 } })) {
    const renewed = await vault.renew(keyId, secret);
    if (renewed === undefined) continue;
    // Only in place of what was read: the slot may have another key by now.
    const read = { _id, keyId, secret };
    const renew = (fields: Partial<typeof renewed>) => slots.updateOne(read, { $set: fields });
    matched.push(await renewOne(renew, renewed, keyId, logger));
  }
  return matched;
}

async function renewBackups({ database, pool, vault, logger }: Context): Promise<Matched> {
  const { backups } = database;
  const matched: number[] = [];
  const holdsSecret = { $in: ['unused', 'reserved', 'quarantined'] } as const;
  for (const backup of await backups.find({ pool, state: holdsSecret })) {
    const { _id, keyId, state, secret } = backup;
    const renewed = secret === undefined ? undefined : await vault.renew(keyId, secret);
    if (secret === undefined || renewed === undefined) continue;
    const renew = (fields: Partial<typeof renewed>) =>
      backups.updateOne({ _id, state, secret }, { $set: fields });
    // A reserved backup is about to move, as its claimer read it: the next call finds it in its slot.
    if (state === 'reserved') matched.push(0);
    // Its fingerprint may be that of the key it doubles: only the text is sealed anew.
    else if (state === 'quarantined') matched.push(await renew({ secret: renewed.secret }));
    else matched.push(await renewOne(renew, renewed, keyId, logger));
  }
  return matched;
}

/** Two that have one secret are told apart by their old fingerprints: those stay, then. */
async function renewOne(
  renew: (fields: { readonly secret?: string; readonly fp?: string }) => Promise<number>,
  renewed: { readonly secret: string; readonly fp: string },
  keyId: string,
  logger: Logger,
): Promise<number> {
  try {
    return await renew(renewed);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    logger.error({ keyId }, 'Another key or backup has the same secret; remove one of them');
    return renew({ secret: renewed.secret });
  }
}
