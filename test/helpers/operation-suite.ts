import { changeStreamCases } from './operation-suite/change-streams.js';
import { compareAndSetCases } from './operation-suite/compare-and-set.js';
import { connectionCases } from './operation-suite/connections.js';
import type { OperationCase } from './operation-suite/operation-case.js';
import { queryCases } from './operation-suite/queries.js';
import { raceCases } from './operation-suite/races.js';
import { uniqueIndexCases } from './operation-suite/unique-indexes.js';
import { updateCases } from './operation-suite/updates.js';

/**
 * What the rotation store relies on, as data: operations of the official driver and the answers
 * that MongoDB's manual promises. Runs on any server, to judge the server.
 */
export const operationSuite: Readonly<Record<string, readonly OperationCase[]>> = {
  'compare and set': compareAndSetCases,
  'unique indexes': uniqueIndexCases,
  updates: updateCases,
  queries: queryCases,
  races: raceCases,
  connections: connectionCases,
  'change streams': changeStreamCases,
};
