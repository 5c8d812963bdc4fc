import { InvalidOptionError } from '../../core/errors.js';
import { checkNames, type Names } from '../../core/known-names.js';
import * as check from '../../core/options.js';

/** Where and how a probe asks. */
export interface ProbeOptions {
  /** Without a slash at its end, and without credentials. @defaultValue the provider's own */
  readonly baseUrl?: string;
  /** @defaultValue the global one, looked up at each call */
  readonly fetch?: typeof fetch;
  /** Milliseconds by which the provider's counter may be late: see the ledger. @defaultValue 60_000 */
  readonly lagMs?: number;
}

export const PROBE_NAMES = {
  baseUrl: true,
  fetch: true,
  lagMs: true,
} satisfies Record<keyof ProbeOptions, true>;

/** @throws InvalidOptionError */
export function checkProbeOptions(options: ProbeOptions, known: Names = PROBE_NAMES): ProbeOptions {
  checkNames('options', options, known);
  const { baseUrl, fetch, lagMs } = options;
  if (baseUrl !== undefined) checkBaseUrl(check.nonEmptyString('baseUrl', baseUrl));
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new InvalidOptionError('fetch', 'a function', fetch);
  }
  if (lagMs !== undefined) check.nonNegative('lagMs', lagMs);
  return options;
}

/** Of a gateway whose own pages lie beside its copy of OpenAI's API. @throws InvalidOptionError */
export function checkRootUrl({ baseUrl }: ProbeOptions): void {
  if (baseUrl === undefined || !/\/v1\/*$/.test(baseUrl)) return;
  throw new InvalidOptionError('baseUrl', 'an address without /v1', baseUrl);
}

function checkBaseUrl(baseUrl: string): void {
  if (!/^https?:\/\/./.test(baseUrl) || !URL.canParse(baseUrl)) {
    const expected = 'an address that begins with http:// or https://';
    throw new InvalidOptionError('baseUrl', expected, baseUrl);
  }
  const { username, password } = new URL(baseUrl);
  if (username !== '' || password !== '' || /[?#\s]/.test(baseUrl)) {
    const expected = 'an address without a user, a query, a fragment or spaces';
    throw new InvalidOptionError('baseUrl', expected, baseUrl);
  }
}
