import { Query } from 'mingo';
import { CollectionIndex, type IndexSpec } from './collection-index.js';
import { CommandError } from './command-error.js';
import { copyOf, type Fields } from './documents.js';
import type { Oplog } from './oplog.js';

/** A stored document; the number stays when the document changes. */
export interface StoredRecord {
  readonly id: number;
  readonly document: Fields;
}

/** Documents in order of insertion, and the indexes over them. Every change is atomic, and logged. */
export class Collection {
  readonly namespace: string;
  readonly #oplog: Oplog;
  readonly #records = new Map<number, Fields>();
  readonly #indexes: CollectionIndex[] = [];
  #lastId = 0;

  constructor(namespace: string, oplog: Oplog) {
    this.namespace = namespace;
    this.#oplog = oplog;
    this.#indexes.push(
      new CollectionIndex(namespace, { name: '_id_', key: { _id: 1 }, unique: true }),
    );
  }

  get size(): number {
    return this.#records.size;
  }

  get indexes(): readonly IndexSpec[] {
    return this.#indexes.map(({ spec }) => spec);
  }

  /** Records that match, in order of insertion. The documents are the stored ones: copy them. */
  matching(filter: Fields): StoredRecord[] {
    const query = new Query<Fields>(filter, {});
    const found: StoredRecord[] = [];
    for (const id of this.#candidates(filter)) {
      const document = this.#records.get(id);
      if (document !== undefined && query.test(document)) found.push({ id, document });
    }
    return found;
  }

  insert(document: Fields): void {
    const stored = copyOf(document);
    for (const index of this.#indexes) index.check(undefined, stored);
    this.#lastId += 1;
    this.#records.set(this.#lastId, stored);
    for (const index of this.#indexes) index.add(this.#lastId, stored);
    this.#oplog.append({ namespace: this.namespace, kind: 'insert', after: stored });
  }

  /** Puts another document in the place of one; `kind` says how to call it. */
  replace({ id, document }: StoredRecord, next: Fields, kind: 'update' | 'replace'): void {
    const stored = copyOf(next);
    for (const index of this.#indexes) index.check(id, stored);
    for (const index of this.#indexes) index.remove(id, document);
    this.#records.set(id, stored);
    for (const index of this.#indexes) index.add(id, stored);
    this.#oplog.append({ namespace: this.namespace, kind, before: document, after: stored });
  }

  remove({ id, document }: StoredRecord): void {
    for (const index of this.#indexes) index.remove(id, document);
    this.#records.delete(id);
    this.#oplog.append({ namespace: this.namespace, kind: 'delete', before: document });
  }

  createIndex(spec: IndexSpec): void {
    const index = new CollectionIndex(this.namespace, spec);
    for (const [id, document] of this.#records) {
      index.check(id, document);
      index.add(id, document);
    }
    this.#indexes.push(index);
  }

  dropIndex(name: string): void {
    const position = this.#indexes.findIndex(({ spec }) => spec.name === name);
    if (position === -1) {
      throw new CommandError('IndexNotFound', `index not found with name [${name}]`);
    }
    this.#indexes.splice(position, 1);
  }

  #candidates(filter: Fields): Iterable<number> {
    for (const index of this.#indexes) {
      const candidates = index.candidates(filter);
      if (candidates !== undefined) return [...candidates];
    }
    return this.#records.keys();
  }
}
