import { BSON } from 'mongodb';
import { CommandError } from './command-error.js';
import { type Fields, isFields } from './documents.js';

interface LastWrite {
  readonly txnNumber: number;
  readonly reply: Fields;
}

/** Remembers the last retryable write of each session, so that a retry is not applied again. */
export class Sessions {
  readonly #lastWrites = new Map<string, LastWrite>();

  /** The answer to give again, if this write has been applied. */
  recall(command: Fields): Fields | undefined {
    const write = identify(command);
    if (write === undefined) return undefined;
    const last = this.#lastWrites.get(write.session);
    if (last === undefined || last.txnNumber < write.txnNumber) return undefined;
    if (last.txnNumber === write.txnNumber) return { ...last.reply, retriedStmtIds: [0] };
    throw new CommandError(
      'TransactionTooOld',
      `Retryable write with txnNumber ${write.txnNumber} is prohibited on session ` +
        `${write.session} because a newer retryable write with txnNumber ${last.txnNumber} has ` +
        'already started on this session.',
    );
  }

  remember(command: Fields, reply: Fields): void {
    const write = identify(command);
    if (write !== undefined) {
      this.#lastWrites.set(write.session, { txnNumber: write.txnNumber, reply });
    }
  }

  end(ids: readonly Fields[]): void {
    for (const lsid of ids) {
      const session = sessionOf(lsid);
      if (session !== undefined) this.#lastWrites.delete(session);
    }
  }
}

function identify({ lsid, txnNumber }: Fields & { lsid?: unknown; txnNumber?: unknown }) {
  const session = sessionOf(lsid);
  if (session === undefined || txnNumber === undefined) return undefined;
  return { session, txnNumber: Number(txnNumber) };
}

function sessionOf(lsid: unknown): string | undefined {
  if (!isFields(lsid)) return undefined;
  const id = lsid['id'];
  return id instanceof BSON.Binary ? id.toString('hex') : undefined;
}
