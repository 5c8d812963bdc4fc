import { DIMENSIONS } from '../../core/dimensions.js';
import type { Readings } from '../family.js';
import type { LimitReading } from '../limit-update.js';
import { camelCase } from '../parse/camel-case.js';
import { windowName } from '../parse/units.js';
import { isEmpty } from '../readings-draft.js';

/**
 * What the headers say, and what only the body does. A body may speak of another limit on the same
 * thing: Groq refuses for a minute's requests under headers that state the day's.
 */
export function beside(fromHeaders: Readings, fromBody: Readings): Readings {
  if (isEmpty(fromBody)) return fromHeaders;
  const draft = { ...fromBody, ...fromHeaders };
  const extra: Record<string, LimitReading> = { ...fromBody.extra, ...fromHeaders.extra };
  for (const dimension of DIMENSIONS) {
    const [stated, worded] = [fromHeaders[dimension], fromBody[dimension]];
    if (stated === undefined || worded?.windowMs === undefined) continue;
    const isSame = stated.windowMs === worded.windowMs || stated.limit === worded.limit;
    if (isSame || stated.policy !== undefined) continue;
    const policy = windowName(worded.windowMs, 0);
    extra[camelCase(`${dimension}-${policy}`)] = { ...worded, policy, dimension };
  }
  return isEmpty(extra) ? draft : { ...draft, extra };
}
