import type { Result, Results } from './results.js';

/** What keypool and its peers all do. */
export interface SharedRow {
  readonly row: string;
  /** Peers that do it at less cost than keypool. */
  readonly faster: readonly Result[];
}

/** The rows about speed in which peers stand beside keypool. */
export function sharedRows(results: Results): readonly SharedRow[] {
  return results.all.filter(isOwn).flatMap((own) => {
    const peers = results.all.filter(
      (each) => each.group === own.group && each.row === own.row && isPeer(each),
    );
    if (peers.length === 0) return [];
    return [{ row: own.row, faster: peers.filter((peer) => costOf(peer) < costOf(own)) }];
  });
}

export function lostRows(rows: readonly SharedRow[]): readonly SharedRow[] {
  return rows.filter(({ faster }) => faster.length > 0);
}

/** Ratios rather than times, where there are: they do not move with the machine's load. */
function costOf({ ratio, value }: Result): number {
  return ratio ?? value;
}

function isOwn({ subject, group }: Result): boolean {
  return subject === 'keypool' && SPEED.has(group);
}

function isPeer({ subject }: Result): boolean {
  return subject !== 'keypool' && subject !== 'bare';
}

const SPEED = new Set(['choose', 'refuse', 'await', 'wait']);
