import type { Logger } from '../core/logger.js';
import type { Checks, SpendCheck, SpendProgress } from './report.js';

/** A key that is skipped has its check at once; the others have those of all keys of their account. */
export type Checking = SpendCheck | Promise<Checks>;

/** The check of one key among what was found. */
export function checkOf(id: string, found: Awaited<Checking> | undefined): SpendCheck {
  if (found !== undefined && 'outcome' in found) return found;
  return found?.get(id) ?? skipped(id, 'it came while its account was checked');
}

export function skipped(id: string, why: string): SpendCheck {
  return Object.freeze({ id, outcome: 'skipped', why, ms: 0 });
}

/** Tells of each key once its check is over. What goes wrong with the telling, now or later, harms no check. */
export function tellProgress(
  ids: readonly string[],
  checking: readonly Checking[],
  onProgress: (progress: SpendProgress) => unknown,
  logger: Logger,
): void {
  const total = ids.length;
  let done = 0;
  const failed = (error: unknown) => logger.error({ error }, 'A listener of progress failed');
  for (const [place, id] of ids.entries()) {
    const tell = async (found: Awaited<Checking> | undefined) => {
      done += 1;
      await onProgress({ done, total, check: checkOf(id, found) });
    };
    // A check that is rejected rejects the report, which is who is to hear of it.
    Promise.resolve(checking[place]).then(
      (found) => tell(found).catch(failed),
      () => undefined,
    );
  }
}
