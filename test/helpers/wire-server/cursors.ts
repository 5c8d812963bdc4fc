import { setTimeout as sleep } from 'node:timers/promises';
import { BSON } from 'mongodb';
import { CommandError } from './command-error.js';
import type { Fields } from './documents.js';
import { Gate } from './gate.js';

const FIRST_BATCH = 101;

/** Some documents; none are left after them once it `isDone`. */
interface Batch {
  readonly documents: Fields[];
  readonly isDone: boolean;
  /** How far a change stream has read. */
  readonly resumeToken?: Fields;
}

/** Gives documents in portions. */
export interface Batches {
  next(count: number): Batch;
  /** Where there may always be more: resolves when there is. */
  readonly grown?: Promise<void>;
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
  readonly killed: Gate;
}

/** What `getMore` asks for. */
export interface Demand {
  readonly batchSize?: number;
  /** How long to wait where there may always be more. @defaultValue 1_000 */
  readonly maxTimeMS?: number;
}

/** Cursors that clients have not yet read to the end. */
export class Cursors {
  readonly #open = new Map<number, OpenCursor>();
  #lastId = 0;

  /** The answer of the command that opens a cursor. */
  open(namespace: string, batches: Batches, batchSize = FIRST_BATCH, isSingle = false): Fields {
    const batch = batches.next(batchSize);
    const isOpen = !batch.isDone && !isSingle;
    if (isOpen) {
      this.#lastId += 1;
      this.#open.set(this.#lastId, { namespace, batches, killed: new Gate() });
    }
    const id = isOpen ? this.#lastId : 0;
    return { cursor: { firstBatch: batch.documents, ...describe(id, namespace, batch) }, ok: 1 };
  }

  /** The answer to `getMore`. */
  more(id: number, demand: Demand, hungUp: AbortSignal): Fields | Promise<Fields> {
    const cursor = this.#open.get(id);
    if (cursor === undefined) {
      throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
    }
    const answer = (batch: Batch): Fields => {
      if (batch.isDone) this.#open.delete(id);
      const next = describe(batch.isDone ? 0 : id, cursor.namespace, batch);
      return { cursor: { nextBatch: batch.documents, ...next }, ok: 1 };
    };
    const batch = cursor.batches.next(demand.batchSize ?? Number.POSITIVE_INFINITY);
    const mayWait = cursor.batches.grown !== undefined && batch.documents.length === 0;
    return mayWait ? nextInTime(cursor, demand, hungUp).then(answer) : answer(batch);
  }

  close(id: number): boolean {
    this.#open.get(id)?.killed.open();
    return this.#open.delete(id);
  }
}

const describe = (id: number, ns: string, { resumeToken }: Batch): Fields => ({
  id: BSON.Long.fromNumber(id),
  ns,
  postBatchResumeToken: resumeToken,
});

/** The next batch with something in it, or an empty one when the time is up. */
async function nextInTime(
  { batches, killed }: OpenCursor,
  { batchSize = Number.POSITIVE_INFINITY, maxTimeMS = 1_000 }: Demand,
  hungUp: AbortSignal,
): Promise<Batch> {
  const late = sleep(maxTimeMS, 'late', { signal: hungUp, ref: false });
  const killing = killed.passed.then(() => 'killed');
  for (;;) {
    const news = await Promise.race([killing, batches.grown, late]);
    if (news === 'killed') throw new CommandError('CursorKilled', 'operation was interrupted');
    const batch = batches.next(batchSize);
    if (batch.documents.length > 0 || news === 'late') return batch;
  }
}
