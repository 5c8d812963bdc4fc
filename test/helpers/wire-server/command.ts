import type { Catalog } from './catalog.js';
import type { Cursors } from './cursors.js';
import type { Fields } from './documents.js';
import type { Oplog } from './oplog.js';
import type { Sessions } from './sessions.js';

/** A command as it came; its first field names it. */
export interface Command extends Fields {
  readonly $db: string;
}

export type Topology = 'standalone' | 'replicaSet';

export const SET_NAME = 'simulated';

/** What commands work on. */
export interface ServerState {
  readonly topology: Topology;
  readonly setName: string;
  readonly catalog: Catalog;
  readonly oplog: Oplog;
  readonly cursors: Cursors;
  readonly sessions: Sessions;
  /** Host and port, as other members would know it. */
  address: string;
}

/**
 * Answers one command, in one step that no other interrupts. Only a read may wait before its step,
 * until its client hangs up at the latest.
 */
export type Handler = (
  command: Command,
  server: ServerState,
  hungUp: AbortSignal,
) => Fields | Promise<Fields>;

export const nameOf = (command: Fields): string => Object.keys(command)[0] ?? '';

/** The collection a command names in its first field. */
export function targetOf(command: Command): string {
  const target = command[nameOf(command)];
  return typeof target === 'string' ? target : '';
}
