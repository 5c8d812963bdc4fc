import { Collection } from './collection.js';
import type { Oplog } from './oplog.js';

/** The collections of every database, by namespace; the log hears of their changes. */
export class Catalog {
  readonly #oplog: Oplog;
  readonly #collections = new Map<string, Collection>();

  constructor(oplog: Oplog) {
    this.#oplog = oplog;
  }

  get(database: string, name: string): Collection | undefined {
    return this.#collections.get(`${database}.${name}`);
  }

  /** Writing to a collection that is not there creates it. */
  open(database: string, name: string): Collection {
    const namespace = `${database}.${name}`;
    const existing = this.#collections.get(namespace);
    if (existing !== undefined) return existing;
    const collection = new Collection(namespace, this.#oplog);
    this.#collections.set(namespace, collection);
    return collection;
  }

  drop(database: string, name: string): boolean {
    return this.#collections.delete(`${database}.${name}`);
  }

  names(database: string): string[] {
    const prefix = `${database}.`;
    return [...this.#collections.keys()]
      .filter((namespace) => namespace.startsWith(prefix))
      .map((namespace) => namespace.slice(prefix.length));
  }

  databases(): string[] {
    return [...new Set([...this.#collections.keys()].map((each) => each.split('.', 1)[0] ?? ''))];
  }
}
