export { type AesGcmCipherOptions, aesGcmCipher } from './aes-gcm-cipher.js';
export type { Cipher, SealContext } from './cipher.js';
export type { Dependent } from './driver-database.js';
export {
  type ForeignKey,
  type ImportKeysOptions,
  type ImportKeysReport,
  importKeys,
} from './import-keys.js';
export { MongoRotationStore } from './mongo-rotation-store.js';
export { MongoSpendHistory, type MongoSpendHistoryOptions } from './mongo-spend-history.js';
export type { MongoRotationStoreOptions } from './options.js';
export type { ReencryptReport } from './reencrypt.js';
export type { BackupDocument, HistoryDocument, SlotDocument } from './schema.js';
