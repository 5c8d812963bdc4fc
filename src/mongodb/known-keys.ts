import type { Database } from './documents.js';
import { backupIdOf, UNSETTLED } from './schema.js';

/** What is asked for: the fingerprints that its secret may be stored under, and its id, if it has one. */
export interface Wanted {
  readonly fingerprints: readonly string[];
  readonly id: string | undefined;
}

/** Which of the wanted secrets and ids a pool has, be it as active keys, backups or retired keys. */
export class KnownKeys {
  readonly #idOf = new Map<string, string>();
  readonly #ids = new Set<string>();

  /** Asks for all of them at once: one by one, a thousand keys would take minutes. */
  static async among(
    wanted: readonly Wanted[],
    { backups, slots, history }: Database,
    pool: string,
  ): Promise<KnownKeys> {
    const known = new KnownKeys();
    const fp = { $in: wanted.flatMap(({ fingerprints }) => fingerprints) };
    const ids = wanted.map(({ id }) => id).filter((id) => id !== undefined);
    const id = { $in: ids };
    // Backups first: what moves on from there while this looks is found where it went.
    const backupIds = { $in: ids.map((each) => backupIdOf(pool, each)) };
    const spares = [
      ...(await backups.find({ pool, fp })),
      ...(await backups.find({ _id: backupIds })),
    ];
    for (const spare of spares) known.add(spare.keyId, spare.fp);
    const active = [
      ...(await slots.find({ pool, fp })),
      ...(await slots.find({ pool, keyId: id })),
    ];
    for (const slot of active) known.add(slot.keyId, slot.fp);
    const leaving = [
      ...(await slots.find({ pool, ...UNSETTLED, 'j.fromFp': fp })),
      ...(await slots.find({ pool, ...UNSETTLED, 'j.from': id })),
    ];
    for (const { j } of leaving) if (j !== null) known.add(j.from, j.fromFp);
    const retired = [
      ...(await history.find({ pool, fromFp: fp })),
      ...(await history.find({ pool, from: id })),
    ];
    for (const { from, fromFp } of retired) known.add(from, fromFp);
    return known;
  }

  /** The first to have a secret is whose it is. */
  add(id: string, ...fingerprints: readonly string[]): void {
    this.#ids.add(id);
    for (const fp of fingerprints) if (!this.#idOf.has(fp)) this.#idOf.set(fp, id);
  }

  hasId(id: string): boolean {
    return this.#ids.has(id);
  }

  idOf(fingerprints: readonly string[]): string | undefined {
    return fingerprints.map((fp) => this.#idOf.get(fp)).find((id) => id !== undefined);
  }
}
