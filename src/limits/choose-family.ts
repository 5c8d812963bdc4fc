import { DIMENSIONS } from '../core/dimensions.js';
import type { CollectedHeaders } from './collect-headers.js';
import { FAMILIES } from './families/all.js';
import type { HeaderFamily, ReadContext, Readings } from './family.js';
import { isEmpty } from './readings-draft.js';

/** What the headers of one response say. */
export interface Found {
  readonly readings: Readings;
  readonly group?: string | undefined;
  /** A wait that is demanded in words of the family's own. */
  readonly waitMs?: number | undefined;
}

/**
 * By the provider's family, else by those that the headers betray, the specific ones first: the
 * first that finds anything the pool counts.
 */
export function readByFamily(collected: CollectedHeaders, context: ReadContext): Found {
  const hinted = FAMILY_OF_PROVIDER.get(context.provider);
  let found: Found = { readings: {}, group: hinted?.group?.(context.header) };
  for (const family of candidates(hinted, collected)) {
    const readings = family.read(context);
    const group = found.group ?? family.group?.(context.header);
    const waitMs = found.waitMs ?? family.waitMs?.(context);
    if (countsAnything(readings)) return { readings, group, waitMs };
    found = { readings: isEmpty(found.readings) ? readings : found.readings, group, waitMs };
  }
  return found;
}

function* candidates(
  hinted: HeaderFamily | undefined,
  { header, ranked, unlisted }: CollectedHeaders,
): Generator<HeaderFamily> {
  if (hinted !== undefined) yield hinted;
  // The common case, before all families are gone through.
  const first = unlisted.length === 0 ? FAMILIES[ranked] : undefined;
  if (first !== undefined) yield first;
  for (const family of FAMILIES) {
    const { marks, pattern } = family;
    const isBetrayed =
      marks.some((mark) => header(mark) !== undefined) ||
      unlisted.some((name) => pattern?.test(name));
    if (isBetrayed && family !== first && family !== hinted) yield family;
  }
}

function countsAnything(readings: Readings): boolean {
  return DIMENSIONS.some((dimension) => readings[dimension] !== undefined);
}

const FAMILY_OF_PROVIDER: ReadonlyMap<string, HeaderFamily> = new Map(
  FAMILIES.flatMap((family) => family.providers.map((name) => [name, family] as const)),
);
