import type { HeaderFamily } from '../family.js';
import { type DeltaUnit, unitless } from '../parse/reset.js';
import { readTrio, trioNames } from '../trio.js';

/** Past an hour, a bare delta is as likely milliseconds (Prisjakt: 600000) as many hours of seconds. */
const upToAnHour: DeltaUnit = (value) => (value <= 3600 ? 1000 : undefined);

const milliseconds: DeltaUnit = () => 1;

/**
 * The trio that most APIs send, under two spellings that differ in what a bare reset counts.
 */
export const generic: readonly HeaderFamily[] = [
  // Deltas in milliseconds, by their documentation: tiendanube.github.io/api-documentation/intro,
  // developer.prisjakt.nu/docs/sections/rate-limit.
  trio('x-rate-limit', milliseconds, ['nuvemshop', 'tiendanube', 'prisjakt']),
  trio('x-ratelimit', upToAnHour),
  // As often milliseconds as seconds.
  trio('x-rate-limit', unitless),
];

function trio(prefix: string, unit: DeltaUnit, providers: readonly string[] = []): HeaderFamily {
  const names = trioNames(prefix);
  return {
    providers,
    // A spelling that needs to be told its unit is not recognised by the headers.
    marks: providers.length > 0 ? [] : [names.limit, names.remaining, names.reset],
    headers: Object.values(names),
    read: (context) => readTrio(names, unit, context),
  };
}
