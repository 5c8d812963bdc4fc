import type { Secret } from '../core/secret.js';
import type { KeyOptions } from '../key/key.js';

/** An active key, as the store holds it. */
export interface StoredKey extends Omit<KeyOptions, 'id' | 'secret'> {
  readonly id: string;
  readonly secret: Secret;
  /** The stable place the key occupies: what replaces the key takes over the slot. */
  readonly slot: string;
  /**
   * Grows whenever the slot changes hands, and may grow in between: of two views of one slot, the higher
   * is the newer.
   */
  readonly generation: number;
  /** Was to be rotated when no backup was left. It is rotated as soon as `recover` finds one. */
  readonly exhausted?: boolean;
}

/** What became of the keys that were to be added, by id. */
export interface ImportReport {
  readonly added: readonly string[];
  /**
   * Not stored: the secret or the id is known, be it of an active key, a backup or a retired key.
   * A key that came without an id is named by the id under which its secret is known.
   */
  readonly duplicates: readonly string[];
}

/** One finished rotation. */
export interface RotationRecord {
  readonly slot: string;
  /** The generation that `to` began. */
  readonly generation: number;
  /** Id of the key that was replaced. */
  readonly from: string;
  /** Id of the backup that replaced it. */
  readonly to: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a caller hears who asked for a rotation. */
export type RotationOutcome =
  /** This call replaced the key. At most one caller ever hears so for one key. */
  | RotationSuccess<'rotated'>
  /** Another call did, or is doing it. */
  | RotationSuccess<'already-rotated'>
  /** The key stays in its slot, marked exhausted. */
  | { readonly outcome: 'no-backup' }
  /** No active key has this id, and none ever had. */
  | { readonly outcome: 'unknown-key' };

interface RotationSuccess<Outcome extends string> {
  readonly outcome: Outcome;
  /** The key that is in the slot now: the successor, or its successor. */
  readonly key: StoredKey;
  /** The generation of `key`. */
  readonly generation: number;
}

export interface RotateOptions {
  /** Why, for the history: `budget_exceeded`, `invalid_key`, … */
  readonly reason: string;
}

/** What `recover` found and did. */
export interface RecoveryReport {
  /** Interrupted rotations that were carried through. */
  readonly finished: number;
  /** Backups that were claimed by a rotation which lost its race, and are free again. */
  readonly released: number;
  /** Exhausted keys that were replaced, since there are backups now. */
  readonly rotated: readonly RotationRecord[];
  /** Claims so young that their owners may still be at work: left alone this time. */
  readonly pending: number;
}

/** Which rotations are asked for: those that fit every field given. */
export interface RotationFilter {
  /** Id of the key that was replaced, or of the one that replaced it. */
  readonly keyId?: string;
  readonly slot?: string;
  /** Epoch milliseconds: rotations at this instant or later. */
  readonly since?: number;
  /** How many at most, from the oldest on. @defaultValue all */
  readonly limit?: number;
}

export interface WatchOptions {
  /** Ends the watch: nothing is delivered after it fires. */
  readonly signal: AbortSignal;
}

/**
 * Where active keys and their backups live, for any number of processes.
 *
 * Promises, in this order: the number of active keys never changes by rotation, at any instant; a
 * backup is used at most once; none is lost; at most one caller hears `rotated` for one key, and
 * exactly one where none of the callers died; whoever hears `already-rotated` gets the successor.
 *
 * A pool takes a store for failed that does not answer `rotate` within a minute, or `load` and
 * `recover` within ten.
 */
export interface RotationStore {
  /** The active keys. Finishes interrupted rotations first. */
  load(): Promise<readonly StoredKey[]>;
  /** Replaces the key by a backup, for good; once, however many ask. */
  rotate(keyId: string, options: RotateOptions): Promise<RotationOutcome>;
  /** Finishes what others left undone, and rotates exhausted keys if there are backups now. */
  recover(): Promise<RecoveryReport>;
  /**
   * Takes back that a key is exhausted: it is good after all, and no backup is to replace it. Raises
   * the generation of its slot, so that others hear of it. Does nothing where the key is not marked
   * so. Without this, the next backup replaces the key all the same.
   */
  reinstate?(keyId: string): Promise<void>;
  /** Adds active keys, each in a slot of its own. Safe to repeat. */
  addKeys(keys: readonly KeyOptions[]): Promise<ImportReport>;
  /** Adds backups; `recover` gives them to exhausted keys. Safe to repeat. */
  addBackups(keys: readonly KeyOptions[]): Promise<ImportReport>;
  /** Backups that are free to be used. */
  countBackups(): Promise<number>;
  /** Finished rotations, oldest first. */
  history(filter?: RotationFilter): Promise<readonly RotationRecord[]>;
  /**
   * Tells of every slot that is new or changes hands from now on, whoever did it. Generations of one
   * slot grow from call to call; some may be left out. The promise settles once the watch is on.
   * Without it a pool hears of other processes only while one of its own keys waits for a backup.
   */
  watch?(onChange: (key: StoredKey) => void, options: WatchOptions): Promise<void>;
}
