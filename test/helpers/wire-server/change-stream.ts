import { Aggregator } from 'mingo';
import { changeEvent, type LookUp } from './change-event.js';
import type { Batches } from './cursors.js';
import { copyOf, type Fields } from './documents.js';
import { type Oplog, positionOf } from './oplog.js';

export interface ChangeStreamSource {
  readonly oplog: Oplog;
  readonly namespace: string;
  /** Where in the log it begins. */
  readonly position: string;
  /** The stages that events pass. */
  readonly stages: Fields[];
  /** For updates that are to tell the whole document. */
  readonly lookUp?: LookUp;
}

/** The events of one collection; they never end, and each batch says how far it has read. */
export function changeStream(source: ChangeStreamSource): Batches {
  const { oplog, namespace, position, stages, lookUp } = source;
  const pipeline = new Aggregator(stages);
  let read = position;
  return {
    get grown() {
      return oplog.grown;
    },
    next(count) {
      const documents: Fields[] = [];
      for (const entry of oplog.after(read)) {
        if (documents.length >= count) break;
        read = positionOf(entry.time);
        if (entry.namespace !== namespace) continue;
        const event = copyOf({ _id: tokenAt(read), ...changeEvent(entry, lookUp) });
        documents.push(...pipeline.run<Fields>([event]));
      }
      return { documents, isDone: false, resumeToken: tokenAt(read) };
    },
  };
}

const tokenAt = (position: string): Fields => ({ _data: position });
