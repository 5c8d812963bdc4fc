import type { KeyRecord } from './key-record.js';

/** What becomes of keys that are lost, where there is a store. */
export interface Replacer {
  /** Begins to replace the key by a backup. */
  replace(record: KeyRecord, reason: string): void;
  /** The key is good after all: ends what `replace` began and could not do. */
  forgive(record: KeyRecord): void;
}
