import { Query } from 'mingo';
import { CommandError } from './command-error.js';
import { type Fields, keyString, valueAt } from './documents.js';
import type { SortSpec } from './order.js';

/** An index as `createIndexes` asks for it. */
export interface IndexSpec {
  readonly name: string;
  readonly key: SortSpec;
  readonly unique?: boolean;
  readonly sparse?: boolean;
  readonly partialFilterExpression?: Fields;
}

/** One index: which documents it holds, by key. Arrays are not split into several entries. */
export class CollectionIndex {
  readonly spec: IndexSpec;
  readonly #namespace: string;
  readonly #fields: readonly string[];
  readonly #recordsByKey = new Map<string, Set<number>>();
  readonly #partial: Query<Fields> | undefined;
  #hasArrays = false;

  constructor(namespace: string, spec: IndexSpec) {
    this.#namespace = namespace;
    this.spec = spec;
    this.#fields = Object.keys(spec.key);
    const { partialFilterExpression } = spec;
    this.#partial = partialFilterExpression && new Query<Fields>(partialFilterExpression, {});
  }

  add(recordId: number, document: Fields): void {
    const values = this.#valuesOf(document);
    if (values === undefined) return;
    this.#hasArrays ||= values.some(Array.isArray);
    const key = keyString(values);
    const records = this.#recordsByKey.get(key);
    if (records === undefined) this.#recordsByKey.set(key, new Set([recordId]));
    else records.add(recordId);
  }

  remove(recordId: number, document: Fields): void {
    const values = this.#valuesOf(document);
    if (values === undefined) return;
    const key = keyString(values);
    const records = this.#recordsByKey.get(key);
    records?.delete(recordId);
    if (records?.size === 0) this.#recordsByKey.delete(key);
  }

  /** Throws E11000 when another record has the document's key. */
  check(recordId: number | undefined, document: Fields): void {
    if (!this.spec.unique) return;
    const values = this.#valuesOf(document);
    if (values === undefined) return;
    const records = this.#recordsByKey.get(keyString(values)) ?? [];
    if ([...records].some((other) => other !== recordId)) throw this.#duplicate(values);
  }

  /** Records that may match; undefined when the index cannot tell. */
  candidates(filter: Fields): Iterable<number> | undefined {
    if (this.#hasArrays || this.spec.sparse || this.#partial !== undefined) return undefined;
    const values = this.#fields.map((path) => filter[path]);
    if (!values.every(isExact)) return undefined;
    return this.#recordsByKey.get(keyString(values)) ?? [];
  }

  /** The values under which the document is filed; undefined when it is not. */
  #valuesOf(document: Fields): unknown[] | undefined {
    if (this.#partial !== undefined && !this.#partial.test(document)) return undefined;
    const values = this.#fields.map((path) => valueAt(document, path));
    if (this.spec.sparse && values.every((value) => value === undefined)) return undefined;
    return values;
  }

  #duplicate(values: readonly unknown[]): CommandError {
    const keyValue = Object.fromEntries(
      this.#fields.map((path, index) => [path, values[index] ?? null]),
    );
    const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${show(value)}`);
    return new CommandError(
      'DuplicateKey',
      `E11000 duplicate key error collection: ${this.#namespace} index: ${this.spec.name} ` +
        `dup key: { ${shown.join(', ')} }`,
      { keyPattern: this.spec.key, keyValue },
    );
  }
}

/** Whether the condition is equality with a plain value; null also matches what is missing. */
const isExact = (condition: unknown): boolean =>
  typeof condition === 'string' || typeof condition === 'number' || typeof condition === 'boolean';

const show = (value: unknown): string =>
  typeof value === 'object' && value !== null ? String(value) : JSON.stringify(value);
