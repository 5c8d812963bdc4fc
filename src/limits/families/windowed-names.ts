import type { Dimension } from '../../key/key.js';
import type { HeaderFamily, ReadContext, Readings } from '../family.js';
import { camelCase } from '../parse/camel-case.js';
import { DIMENSION_OF } from '../parse/dimension-names.js';
import { parseCount } from '../parse/number.js';
import { parseWait, seconds } from '../parse/reset.js';
import { MS_PER } from '../parse/units.js';
import { limitReading, type NamedReading, ReadingsDraft } from '../readings-draft.js';

/** What is limited, and in which window: `x-ratelimit-limit-tokens-minute`. */
const NAME =
  /^x-ratelimit-(?:limit|remaining|reset)-((?:([a-z][a-z-]{0,30}?)-)?(?:(\d{1,4})-)?(second|minute|hour|day|week|month))$/;

/** Mistral's `req`, and what Kong leaves out. */
const OTHER_NAMES: ReadonlyMap<string, Dimension> = new Map([
  ['', 'requests'],
  ['req', 'requests'],
]);

/**
 * Mistral, Cerebras and Kong: the window stands in the name, and all of the limit comes back at its
 * end. Mistral sends no resets, Cerebras seconds with a fraction, Kong one for all limits.
 * @see https://github.com/mistralai/client-ts/issues/169
 * @see https://inference-docs.cerebras.ai/support/rate-limits
 */
export const windowedNames: HeaderFamily = {
  providers: ['mistral', 'cerebras'],
  marks: [],
  pattern: NAME,
  headers: [],
  read(context) {
    const limits = new Map<string, NamedReading[]>();
    const suffixes = suffixesIn(context.unlisted);
    for (const suffix of suffixes) {
      const [, , thing = '', count = '1', unit = ''] =
        NAME.exec(`x-ratelimit-limit-${suffix}`) ?? [];
      const windowMs = Number(count) * (MS_PER[unit] ?? 0);
      const reset = suffixes.size === 1 ? SHARED_RESET : undefined;
      const reading = readingOf(suffix, windowMs, reset, context);
      limits.set(thing, [...(limits.get(thing) ?? []), { name: camelCase(suffix), reading }]);
    }
    return readingsOf(limits);
  },
};

/** Of one limit among several it would not be known whose it is. */
const SHARED_RESET = 'x-ratelimit-reset';

function suffixesIn(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => NAME.exec(name)?.[1]).filter((name) => name !== undefined));
}

function readingOf(
  suffix: string,
  windowMs: number,
  sharedReset: string | undefined,
  context: ReadContext,
) {
  const { header, now } = context;
  const count = (field: string) => parseCount(header(`x-ratelimit-${field}-${suffix}`) ?? '');
  const reset =
    header(`x-ratelimit-reset-${suffix}`) ??
    (sharedReset === undefined ? undefined : header(sharedReset));
  return limitReading(
    {
      limit: count('limit'),
      remaining: count('remaining'),
      resetMs: reset === undefined ? undefined : parseWait(reset, context, seconds),
      windowMs,
      kind: 'window',
    },
    now,
  );
}

function readingsOf(limits: ReadonlyMap<string, readonly NamedReading[]>): Readings {
  const draft = new ReadingsDraft();
  for (const [thing, readings] of limits) {
    const dimension = OTHER_NAMES.get(thing) ?? DIMENSION_OF.get(thing);
    if (dimension !== undefined) draft.addAll(dimension, readings);
    else for (const { name, reading } of readings) draft.addExtra(name, reading);
  }
  return draft.done();
}
