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
