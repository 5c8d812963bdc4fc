import type { DbState } from '../fake-db.js';
import type { Snapshot } from './explore.js';

/** What has happened, whether or not the database remembers it. */
export interface Ghosts {
  /** How often each key came into a slot. */
  readonly installed: Readonly<Record<string, number>>;
  /** How often each key left its slot. */
  readonly left: Readonly<Record<string, number>>;
  /** The state of its slot when a key left it. */
  readonly leftAs: Readonly<Record<string, string>>;
  /** Fingerprints of the secrets that left, each with its slot. */
  readonly retired: readonly string[];
  /** What took the place of each key. */
  readonly successor: Readonly<Record<string, string>>;
}

export const noGhosts: Ghosts = { installed: {}, left: {}, leftAs: {}, retired: [], successor: {} };

/** Notes which keys came and went by one operation. */
export function watchGhosts({ db, ghosts }: Snapshot, after: DbState): Ghosts {
  let next = ghosts;
  for (const [id, slot] of Object.entries(after['keypool_slots'] ?? {})) {
    const from = db['keypool_slots']?.[id]?.['keyId'] as string;
    const to = slot['keyId'] as string;
    if (from === to) continue;
    next = {
      installed: counted(next.installed, to),
      left: counted(next.left, from),
      leftAs: { ...next.leftAs, [from]: String(db['keypool_slots']?.[id]?.['state']) },
      retired: [...next.retired, `${id} ${db['keypool_slots']?.[id]?.['fp']}`].sort(),
      successor: { ...next.successor, [from]: to },
    };
  }
  return next;
}

function counted(counts: Readonly<Record<string, number>>, name: string) {
  const raised = { ...counts, [name]: (counts[name] ?? 0) + 1 };
  // In one order, so that the same counts make the same state.
  return Object.fromEntries(Object.entries(raised).sort(([a], [b]) => (a < b ? -1 : 1)));
}
