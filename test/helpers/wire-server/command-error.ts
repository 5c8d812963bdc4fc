import type { Fields } from './documents.js';

/** Error codes of MongoDB that the simulator answers with. */
export const codes = {
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NotSingleValueField: 54,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CommandNotSupported: 115,
  NotAReplicaSet: 123,
  TransactionTooOld: 225,
  CursorKilled: 237,
  ChangeStreamHistoryLost: 286,
  DuplicateKey: 11000,
  Location40573: 40573,
} as const;

/** A refusal in MongoDB's words: what a command answers with `ok: 0`, or one write with an error. */
export class CommandError extends Error {
  readonly codeName: keyof typeof codes;
  /** Fields beside the code, such as `keyPattern`. */
  readonly details: Fields;

  constructor(codeName: keyof typeof codes, message: string, details: Fields = {}) {
    super(message);
    this.codeName = codeName;
    this.details = details;
  }

  get code(): number {
    return codes[this.codeName];
  }

  /** As the whole answer of a command. */
  toReply(): Fields {
    return {
      ok: 0,
      errmsg: this.message,
      code: this.code,
      codeName: this.codeName,
      ...this.details,
    };
  }

  /** As one entry of `writeErrors`. */
  toWriteError(index: number): Fields {
    return { index, code: this.code, errmsg: this.message, ...this.details };
  }
}
