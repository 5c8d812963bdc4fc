import type { Family, LimitRow } from '../family.js';
import { type DeltaUnit, parseWait, seconds, unitless } from '../reset.js';

/** Past a day, a bare delta is likelier milliseconds (Prisjakt: 600000) than a week of seconds. */
const upToADay: DeltaUnit = (value) => (value <= 86_400 ? 1000 : undefined);

/**
 * The trio that most APIs send, under three spellings that differ in what a bare reset counts.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/06/
 */
export const generic: readonly Family[] = [
  trio('x-ratelimit', upToADay),
  // Draft 03 to 06 of the IETF's header fields: seconds; GitLab sends epoch seconds.
  trio('ratelimit', seconds),
  // Deltas under this spelling are milliseconds (Prisjakt, Nuvemshop) or not documented.
  trio('x-rate-limit', unitless),
];

function trio(name: string, unit: DeltaUnit): Family {
  const limit = `${name}-limit`;
  const remaining = `${name}-remaining`;
  const reset = `${name}-reset`;
  // Discord's second reset needs no clock; where present it is the better one.
  const resetAfter = `${name}-reset-after`;
  const row: LimitRow = { dimension: 'requests', limit, remaining, reset };
  return {
    providers: [],
    marks: [limit, remaining, reset],
    limits: [row],
    resetMs(text, _known, context) {
      const delta = context.header(resetAfter);
      return (
        (delta === undefined ? undefined : parseWait(delta, context, seconds)) ??
        parseWait(text, context, unit)
      );
    },
  };
}
