import { type Command, type Handler, targetOf } from '../command.js';
import type { Fields } from '../documents.js';
import { eachWrite, withErrors } from './write.js';

interface DeleteCommand extends Command {
  readonly deletes: { readonly q: Fields; readonly limit: number }[];
}

const remove: Handler = (command, { catalog }) => {
  const { $db, deletes } = command as DeleteCommand;
  const collection = catalog.open($db, targetOf(command));
  let removed = 0;
  const errors = eachWrite(command, deletes, ({ q: filter, limit }) => {
    const found = collection.matching(filter);
    for (const record of limit === 1 ? found.slice(0, 1) : found) {
      collection.remove(record);
      removed += 1;
    }
  });
  return withErrors({ n: removed, ok: 1 }, errors);
};

export const deleteCommands: Record<string, Handler> = { delete: remove };
