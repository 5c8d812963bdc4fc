import type { Collection, Db, Document, MongoClient } from 'mongodb';

export type Rows = Collection<Document & { _id: string }>;

/** What a case works with: a collection of its own on the server under test. */
export interface World {
  readonly topology: 'standalone' | 'replicaSet' | 'sharded';
  readonly client: MongoClient;
  readonly database: Db;
  readonly rows: Rows;
  /** The same collection, each through a client of its own. */
  racers(count: number): Promise<Rows[]>;
  /** The same collection, through a connection that loses the first answer to the command. */
  lossy(command: string): Promise<Rows>;
}

/** Operations, and what MongoDB's manual says they answer. */
export interface OperationCase {
  readonly name: string;
  /** Where it holds; everywhere unless told. */
  readonly topology?: World['topology'];
  readonly run: (world: World) => Promise<unknown>;
  readonly answer: unknown;
}

/** The answer, or what an error says about itself, without words that differ between versions. */
export async function answerOf(operation: Promise<unknown>): Promise<unknown> {
  try {
    return await operation;
  } catch (error) {
    const { code, keyPattern, keyValue, name } = error as Record<string, unknown>;
    if (code === undefined) return { error: name };
    return { error: code, ...(keyPattern ? { keyPattern, keyValue } : {}) };
  }
}

/** How often each answer came, most frequent first. */
export function tally(answers: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const shown = JSON.stringify(answer);
    counts[shown] = (counts[shown] ?? 0) + 1;
  }
  return counts;
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
