import { BSON } from 'mongodb';
import type { Command, Handler } from '../command.js';
import type { Demand } from '../cursors.js';

interface GetMoreCommand extends Command, Demand {
  readonly getMore: number;
}

interface KillCursorsCommand extends Command {
  readonly cursors: readonly number[];
}

const getMore: Handler = (command, { cursors }, hungUp) => {
  const demand = command as GetMoreCommand;
  return cursors.more(Number(demand.getMore), demand, hungUp);
};

const killCursors: Handler = (command, { cursors }) => {
  const ids = (command as KillCursorsCommand).cursors.map(Number);
  const killed = ids.filter((id) => cursors.close(id));
  const toLong = (id: number) => BSON.Long.fromNumber(id);
  return {
    cursorsKilled: killed.map(toLong),
    cursorsNotFound: ids.filter((id) => !killed.includes(id)).map(toLong),
    cursorsAlive: [],
    cursorsUnknown: [],
    ok: 1,
  };
};

export const cursorCommands: Record<string, Handler> = { getMore, killCursors };
