import type { Db } from 'mongodb';
import { COLLECTIONS, type SlotDocument } from '../../src/mongodb/schema.js';
import { POOL } from './world.js';

/**
 * Reads the active keys again and again until the work is done, at least once: there must be the
 * same number of them, all different, at every read. Returns how many reads there were.
 *
 * @param something resolves when there may be something new to see; by default there always is
 */
export async function watchCount(
  db: Db,
  count: number,
  work: Promise<unknown>,
  something: () => Promise<void> = async () => {},
): Promise<number> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  const ended = work.then(end, end);
  let reads = 0;
  do {
    await Promise.race([something(), ended]);
    const slots = await activeKeys(db);
    reads += 1;
    const different = new Set(slots.map(({ keyId }) => keyId)).size;
    if (slots.length !== count || different !== count) {
      throw new Error(`Read ${reads} found ${slots.length} keys, ${different} of them different`);
    }
  } while (!isDone);
  return reads;
}

/** Along `_id`: an index in which rotations move entries would show some twice, or not at all. */
const activeKeys = (db: Db): Promise<Pick<SlotDocument, 'keyId'>[]> =>
  db
    .collection<SlotDocument>(COLLECTIONS.slots)
    .find({ pool: POOL }, { hint: { _id: 1 }, projection: { keyId: 1 } })
    .toArray();
