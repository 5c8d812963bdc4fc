import { BSON } from 'mongodb';
import { type Command, type Handler, targetOf } from '../command.js';
import type { Fields } from '../documents.js';
import { eachWrite, withErrors } from './write.js';

interface InsertCommand extends Command {
  readonly documents: Fields[];
}

const insert: Handler = (command, { catalog }) => {
  const { $db, documents } = command as InsertCommand;
  const collection = catalog.open($db, targetOf(command));
  let inserted = 0;
  const errors = eachWrite(command, documents, (document) => {
    collection.insert('_id' in document ? document : { _id: new BSON.ObjectId(), ...document });
    inserted += 1;
  });
  return withErrors({ n: inserted, ok: 1 }, errors);
};

export const insertCommands: Record<string, Handler> = { insert };
