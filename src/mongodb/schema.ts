import type { StoredOptions } from './stored-options.js';

/** Names of the collections; pools share them, told apart by the field `pool`. */
export const COLLECTIONS = {
  slots: 'keypool_slots',
  backups: 'keypool_backups',
  history: 'keypool_history',
} as const;

/** The stable place of an active key. Rotation never inserts or deletes one: their number is N. */
export interface SlotDocument {
  readonly _id: string;
  readonly pool: string;
  readonly keyId: string;
  /** Sealed by the cipher. */
  readonly secret: string;
  /** Fingerprint of the secret, for uniqueness. */
  readonly fp: string;
  readonly options: StoredOptions;
  /** Fences late writers: grows with every rotation. */
  readonly gen: number;
  readonly state: 'active' | 'exhausted';
  /** Why it is exhausted. */
  readonly why: string | null;
  /** A journal of one entry: the rotation that is not finished yet. */
  readonly j: Journal | null;
}

/** What a rotation still has to do once the slot has changed hands; anyone can do it. */
export interface Journal {
  /** The claim by which it happened. */
  readonly a: string;
  readonly slot: string;
  /** The generation that ended. */
  readonly g: number;
  readonly from: string;
  readonly fromFp: string;
  readonly to: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Tells rotations of one millisecond and one process apart. */
  readonly order: number;
}

export interface BackupDocument {
  /** `pool:keyId` */
  readonly _id: string;
  readonly pool: string;
  readonly keyId: string;
  /** Not free to be claimed; `state` says why. */
  readonly isUsed: boolean;
  readonly state: 'unused' | 'reserved' | 'used' | 'quarantined';
  /** Random: claims start at different places, so that they do not queue for one document. */
  readonly r: number;
  /** Gone once it is used: the slot has it then. */
  readonly secret?: string;
  readonly fp: string;
  readonly options: StoredOptions;
  readonly claim: Claim | null;
}

/** Who reserved a backup, and for which generation of which slot. */
export interface Claim {
  /** Unique for each claim: `callId:number`. */
  readonly a: string;
  readonly slot: string;
  readonly g: number;
  readonly from: string;
  readonly reason: string;
  /** Epoch milliseconds. Only says how long to wait before helping; safety never asks. */
  readonly at: number;
  readonly order: number;
}

export interface HistoryDocument extends Journal {
  /** `slot:generation`, so that a record can be written twice and is there once. */
  readonly _id: string;
  readonly pool: string;
}

export const backupIdOf = (pool: string, keyId: string): string => `${pool}:${keyId}`;

/** Id of the record of the rotation that began this generation. */
export const recordIdOf = (slot: string, gen: number): string => `${slot}:${gen}`;

/** Indexes by collection. None is partial: some servers that speak the protocol lack those. */
export const INDEXES = {
  slots: [
    { key: { pool: 1, keyId: 1 }, unique: true },
    { key: { pool: 1, fp: 1 }, unique: true },
    { key: { 'j.a': 1 }, sparse: true },
  ],
  backups: [
    { key: { pool: 1, isUsed: 1, r: 1 } },
    { key: { pool: 1, fp: 1 }, unique: true },
    { key: { pool: 1, state: 1 } },
  ],
  history: [{ key: { pool: 1, from: 1 } }, { key: { pool: 1, fromFp: 1 } }],
} as const;

/** Slots that have a journal: few, and found by the sparse index. */
export const UNSETTLED = { 'j.a': { $exists: true } } as const;
