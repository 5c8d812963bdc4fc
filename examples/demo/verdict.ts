import type { Result } from './contest.js';
import { percent } from './format.js';

/** Calls that may be refused before anything is known of their organisation's limits. */
const MAX_EARLY_429 = 2;
/** Share of what the limits allow that has to be used. */
const MIN_SHARE = 0.97;

type Judged = Pick<Result, 'name' | 'early429' | 'late429' | 'otherAnswers' | 'refused' | 'share'>;

/** What speaks against the pool, as sentences; none: it kept its promises. */
export function objections(pool: Judged, rival: Judged): readonly string[] {
  const counted = pool.early429 + pool.late429;
  const claims: readonly [isTrue: boolean, otherwise: string][] = [
    [pool.late429 === 0, `${pool.late429} 429s after their group's first reading, not 0`],
    [
      pool.early429 <= MAX_EARLY_429,
      `${pool.early429} 429s before their group's first reading, not ${MAX_EARLY_429} at most`,
    ],
    [
      pool.share >= MIN_SHARE,
      `${percent(pool.share)} of the capacity used, not ${percent(MIN_SHARE)} at least`,
    ],
    [pool.otherAnswers === 0, `${pool.otherAnswers} answers neither good nor a 429, not 0`],
    [pool.refused === counted, `${counted} 429s seen, but ${pool.refused} sent by the provider`],
    [rival.refused > 0, `${rival.name} met no 429: the load is too small to show anything`],
  ];
  return claims.flatMap(([isTrue, otherwise]) => (isTrue ? [] : [otherwise]));
}
