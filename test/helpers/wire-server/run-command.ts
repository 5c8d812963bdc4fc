import { type Command, type Handler, nameOf, type ServerState } from './command.js';
import { CommandError } from './command-error.js';
import { administrationCommands } from './commands/administration.js';
import { aggregateCommands } from './commands/aggregate.js';
import { cursorCommands } from './commands/cursor.js';
import { deleteCommands } from './commands/delete.js';
import { findCommands } from './commands/find.js';
import { findAndModifyCommands } from './commands/find-and-modify.js';
import { handshakeCommands } from './commands/handshake.js';
import { indexCommands } from './commands/indexes.js';
import { insertCommands } from './commands/insert.js';
import { updateCommands } from './commands/update.js';
import { type Fields, isFields } from './documents.js';

const handlers = new Map<string, Handler>(
  [
    administrationCommands,
    aggregateCommands,
    cursorCommands,
    deleteCommands,
    findCommands,
    findAndModifyCommands,
    handshakeCommands,
    indexCommands,
    insertCommands,
    updateCommands,
  ].flatMap(Object.entries<Handler>),
);

/** Answers a command in one step, waiting before it where it is a read; a refusal is an answer too. */
export function runCommand(
  command: Command,
  server: ServerState,
  hungUp: AbortSignal,
): Fields | Promise<Fields> {
  try {
    checkTopology(command, server);
    const handler = handlers.get(nameOf(command));
    if (handler === undefined) {
      throw new CommandError('CommandNotFound', `no such command: '${nameOf(command)}'`);
    }
    const earlier = server.sessions.recall(command);
    if (earlier !== undefined) return earlier;
    const reply = handler(command, server, hungUp);
    if (reply instanceof Promise) return reply.catch(refusalOf);
    server.sessions.remember(command, reply);
    return reply;
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): Fields {
  if (error instanceof CommandError) return error.toReply();
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandError('BadValue', `The simulator could not do it: ${reason}`).toReply();
}

/** Refuses what the topology, or the simulator, cannot do. */
function checkTopology(command: Command, { topology }: ServerState): void {
  if (topology === 'standalone' && command['txnNumber'] !== undefined) {
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
  const { readConcern } = command as { readConcern?: unknown };
  const level = isFields(readConcern) ? readConcern['level'] : undefined;
  if (topology === 'standalone' && level === 'linearizable') {
    throw new CommandError(
      'NotAReplicaSet',
      'node needs to be a replica set member to use read concern linearizable',
    );
  }
  if (command['autocommit'] === false) {
    throw new CommandError('CommandNotSupported', 'The simulator has no transactions');
  }
}
