import type { HeaderFamily, ReadContext } from '../family.js';
import { limitReading } from '../limit-reading.js';
import { parseCount } from '../parse/number.js';
import { parseWait, unitless } from '../parse/reset.js';
import { type NamedReading, ReadingsDraft } from '../readings-draft.js';

/** Prefixes of X's three limits, with their names in `extra`. */
const LIMITS = [
  { prefix: 'x-rate-limit', name: 'window' },
  { prefix: 'x-app-limit-24hour', name: 'appLimit24hour', windowMs: 86_400_000, kind: 'window' },
  { prefix: 'x-user-limit-24hour', name: 'userLimit24hour', windowMs: 86_400_000, kind: 'window' },
] as const;

/**
 * X: a limit of fifteen minutes, one of a day for the app and one for the user; the tightest governs.
 * @see https://docs.x.com/x-api/fundamentals/rate-limits
 */
export const x: HeaderFamily = {
  providers: ['x', 'twitter'],
  marks: [
    'x-app-limit-24hour-limit',
    'x-app-limit-24hour-remaining',
    'x-user-limit-24hour-limit',
    'x-user-limit-24hour-remaining',
  ],
  headers: LIMITS.flatMap(({ prefix }) => [
    `${prefix}-limit`,
    `${prefix}-remaining`,
    `${prefix}-reset`,
  ]),
  read(context) {
    const draft = new ReadingsDraft();
    draft.addAll(
      'requests',
      LIMITS.map((limit) => readingOf(limit, context)),
    );
    return draft.done();
  },
};

function readingOf(
  { prefix, name, ...stated }: (typeof LIMITS)[number],
  context: ReadContext,
): NamedReading {
  const { header } = context;
  const reset = header(`${prefix}-reset`);
  const reading = limitReading(
    {
      ...stated,
      limit: parseCount(header(`${prefix}-limit`) ?? ''),
      remaining: parseCount(header(`${prefix}-remaining`) ?? ''),
      resetMs: reset === undefined ? undefined : parseWait(reset, context, unitless),
    },
    context,
  );
  return { name, reading };
}
