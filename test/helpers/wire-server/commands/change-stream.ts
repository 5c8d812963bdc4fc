import type { BSON } from 'mongodb';
import type { LookUp } from '../change-event.js';
import { changeStream } from '../change-stream.js';
import type { ServerState } from '../command.js';
import { CommandError } from '../command-error.js';
import type { Batches } from '../cursors.js';
import { copyOf, type Fields } from '../documents.js';
import { positionOf } from '../oplog.js';

interface ResumeToken {
  readonly _data: string;
}

/** What the stage `$changeStream` asks for. */
interface ChangeStreamOptions {
  readonly resumeAfter?: ResumeToken;
  readonly startAfter?: ResumeToken;
  readonly startAtOperationTime?: BSON.Timestamp;
  readonly fullDocument?: string;
}

/** The events of a collection that pass the stages. */
export function openChangeStream(
  { topology, catalog, oplog }: ServerState,
  [database, name]: readonly [database: string, name: string],
  options: ChangeStreamOptions,
  stages: Fields[],
): Batches {
  if (topology === 'standalone') {
    throw new CommandError(
      'Location40573',
      'The $changeStream stage is only supported on replica sets',
    );
  }
  if (name === '') {
    throw new CommandError('CommandNotSupported', 'The simulator watches one collection at a time');
  }
  const lookUp: LookUp = (documentKey) => {
    const [found] = catalog.get(database, name)?.matching(documentKey) ?? [];
    return found === undefined ? null : copyOf(found.document);
  };
  return changeStream({
    oplog,
    namespace: `${database}.${name}`,
    position: startOf(options) ?? oplog.end,
    stages,
    ...(options.fullDocument === 'updateLookup' && { lookUp }),
  });
}

/** After the event of a token, or at a time: after what came just before it. */
function startOf(options: ChangeStreamOptions): string | undefined {
  const { resumeAfter, startAfter, startAtOperationTime: time } = options;
  const token = resumeAfter ?? startAfter;
  if (token !== undefined || time === undefined) return token?._data;
  return positionOf({ t: time.t, i: time.i - 1 });
}
