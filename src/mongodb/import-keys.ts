import { checkKey } from '../core/check-key.js';
import { InvalidOptionError } from '../core/errors.js';
import * as check from '../core/options.js';
import type { KeyOptions } from '../key/key.js';
import type { ImportReport, RotationStore } from '../rotation/rotation-store.js';

/** A document as other systems keep keys: backups have `isUsed` too. */
export interface ForeignKey {
  readonly _id: unknown;
  readonly apiKey: string;
  /** Of backups; some write 0 and 1. @defaultValue false */
  readonly isUsed?: boolean | 0 | 1 | null;
}

export interface ImportKeysOptions<Foreign extends ForeignKey> {
  readonly store: RotationStore;
  /** What the documents become. */
  readonly as: 'keys' | 'backups';
  /** Options of the key beyond its id and secret. @defaultValue none */
  readonly map?: (document: Foreign) => Partial<KeyOptions>;
}

export interface ImportKeysReport extends ImportReport {
  /** Ids of backups that were used up already, and so left alone. */
  readonly skipped: readonly string[];
}

const BATCH = 100;

/**
 * Takes over the keys of a collection shaped `{ _id, apiKey }` or `{ _id, apiKey, isUsed }`. Ids stay
 * what they were, so dependents still fit, and a second run adds nothing.
 *
 * @param cursor what `collection.find()` returns, or any iterable of documents
 * @throws InvalidOptionError at a document that is not of that shape; those before it may be stored
 */
export async function importKeys<Foreign extends ForeignKey>(
  cursor: AsyncIterable<Foreign> | Iterable<Foreign>,
  options: ImportKeysOptions<Foreign>,
): Promise<ImportKeysReport> {
  check.record('options', options);
  const { store, as, map = () => ({}) } = options;
  check.methods('store', store, ['addKeys', 'addBackups']);
  check.oneOf('as', as, ['keys', 'backups']);
  checkIterable(cursor);
  const report = { added: [] as string[], duplicates: [] as string[] };
  const skipped: string[] = [];
  let batch: KeyOptions[] = [];
  const flush = async () => {
    const { added, duplicates } =
      as === 'keys' ? await store.addKeys(batch) : await store.addBackups(batch);
    report.added.push(...added);
    report.duplicates.push(...duplicates);
    batch = [];
  };
  for await (const document of cursor) {
    const id = idOf(document);
    if (as === 'backups' && isUsed(document, id)) {
      skipped.push(id);
      continue;
    }
    const key = { ...map(document), id, secret: document.apiKey };
    // Here and not only in the store, where nobody knows which document it was.
    checkKey(`documents["${id}"]`, key);
    batch.push(key);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return { ...report, skipped };
}

function checkIterable(cursor: unknown): void {
  const isIterable =
    typeof cursor === 'object' &&
    cursor !== null &&
    (Symbol.asyncIterator in cursor || Symbol.iterator in cursor);
  if (isIterable) return;
  throw new InvalidOptionError('cursor', 'what collection.find() returns, or an array', cursor);
}

/** To guess wrongly would hand out a backup twice, so whatever is neither yes nor no is refused. */
function isUsed({ isUsed: value }: ForeignKey, id: string): boolean {
  if (value === true || value === 1) return true;
  if (value === undefined || value === null || value === false || value === 0) return false;
  throw new InvalidOptionError(`documents["${id}"].isUsed`, 'true or false', value);
}

/** An ObjectId prints as its hexadecimal digits. */
function idOf({ _id }: ForeignKey): string {
  const id = _id === undefined || _id === null ? '' : String(_id);
  if (id !== '' && id !== '[object Object]') return id;
  throw new InvalidOptionError('_id', 'a text, a number or an ObjectId', _id);
}
