import { BSON } from 'mongodb';
import { CommandError } from './command-error.js';
import type { Fields } from './documents.js';

const FIRST_BATCH = 101;

/** Gives documents in portions; `isDone` once it has no more. */
export interface Batches {
  next(count: number): { documents: Fields[]; isDone: boolean };
}

/** A list that was complete when the cursor opened. */
export function fixedBatches(documents: readonly Fields[]): Batches {
  let given = 0;
  return {
    next(count) {
      const batch = documents.slice(given, given + count);
      given += batch.length;
      return { documents: batch, isDone: given >= documents.length };
    },
  };
}

interface OpenCursor {
  readonly namespace: string;
  readonly batches: Batches;
}

/** Cursors that clients have not yet read to the end. */
export class Cursors {
  readonly #open = new Map<number, OpenCursor>();
  #lastId = 0;

  /** The answer of the command that opens a cursor. */
  open(namespace: string, batches: Batches, batchSize = FIRST_BATCH, isSingle = false): Fields {
    const { documents, isDone } = batches.next(batchSize);
    const isOpen = !isDone && !isSingle;
    if (isOpen) {
      this.#lastId += 1;
      this.#open.set(this.#lastId, { namespace, batches });
    }
    const id = BSON.Long.fromNumber(isOpen ? this.#lastId : 0);
    return { cursor: { firstBatch: documents, id, ns: namespace }, ok: 1 };
  }

  more(id: number, batchSize = Number.POSITIVE_INFINITY): Fields {
    const cursor = this.#open.get(id);
    if (cursor === undefined) {
      throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
    }
    const { documents, isDone } = cursor.batches.next(batchSize);
    if (isDone) this.#open.delete(id);
    const next = BSON.Long.fromNumber(isDone ? 0 : id);
    return { cursor: { nextBatch: documents, id: next, ns: cursor.namespace }, ok: 1 };
  }

  close(id: number): boolean {
    return this.#open.delete(id);
  }
}
