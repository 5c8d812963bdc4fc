import type { Database } from './documents.js';
import type { Vault } from './vault.js';

export interface ReencryptReport {
  /** Secrets sealed anew. */
  readonly renewed: number;
  /** Secrets that changed hands meanwhile: call again. */
  readonly skipped: number;
}

/** Seals what is not sealed by the primary key, while rotations go on. */
export async function reencrypt(
  { slots, backups }: Database,
  pool: string,
  vault: Vault,
): Promise<ReencryptReport> {
  const report = { renewed: 0, skipped: 0 };
  const count = (matched: number) => {
    if (matched === 1) report.renewed += 1;
    else report.skipped += 1;
  };
  for (const { _id, keyId, secret } of await slots.find({ pool }, { hint: { _id: 1 } })) {
    const renewed = await vault.renew(keyId, secret);
    // Only in place of what was read: the slot may have another key by now.
    if (renewed !== undefined)
      count(await slots.updateOne({ _id, keyId, secret }, { $set: renewed }));
  }
  const stored = await backups.find({
    pool,
    state: { $in: ['unused', 'reserved', 'quarantined'] },
  });
  for (const { _id, keyId, state, secret } of stored) {
    const renewed = secret === undefined ? undefined : await vault.renew(keyId, secret);
    if (secret === undefined || renewed === undefined) continue;
    // A reserved backup is about to move, as its claimer read it: the next call finds it in its slot.
    if (state === 'reserved') report.skipped += 1;
    else if (state === 'unused')
      count(await backups.updateOne({ _id, state, secret }, { $set: renewed }));
    // Its fingerprint may be that of the key it doubles: only the text is sealed anew.
    else
      count(await backups.updateOne({ _id, state, secret }, { $set: { secret: renewed.secret } }));
  }
  return report;
}
