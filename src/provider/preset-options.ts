import { checkNames } from '../core/known-names.js';
import { nonEmptyString } from '../core/options.js';

/** Options of a preset that knows its provider's address. */
export interface PresetOptions {
  /** Where the API answers: a region, a proxy. @defaultValue the provider's address */
  readonly baseUrl?: string;
}

/** Options of a preset whose provider has an address for each customer. */
export interface OwnAddressOptions {
  /** Where the API answers. */
  readonly baseUrl: string;
}

const OPTION_NAMES = { baseUrl: true } satisfies Record<
  keyof PresetOptions | keyof OwnAddressOptions,
  true
>;

/**
 * The address that a preset was given, or else its provider's.
 * @throws InvalidOptionError where there is none, and for options that are misspelt
 */
export function baseUrlIn(options: PresetOptions, known?: string): string {
  checkNames('options', options, OPTION_NAMES);
  const { baseUrl = known } = options;
  return nonEmptyString('baseUrl', baseUrl);
}
