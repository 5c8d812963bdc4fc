import { BSON } from 'mongodb';
import { CommandError } from './command-error.js';
import type { Fields } from './documents.js';
import { Gate } from './gate.js';

/** What became of one document; the log holds the stored ones, which nobody changes in place. */
export type Change = { readonly namespace: string } & (
  | { readonly kind: 'insert'; readonly after: Fields }
  | { readonly kind: 'update' | 'replace'; readonly before: Fields; readonly after: Fields }
  | { readonly kind: 'delete'; readonly before: Fields }
);

/** A change, and when it was made. */
export type Entry = Change & { readonly time: BSON.Timestamp };

const CAPACITY = 10_000;

/** The latest changes of every collection, in their order, for those who follow them. */
export class Oplog {
  readonly #entries: Entry[] = [];
  #end = new BSON.Timestamp({ t: seconds(), i: 1 });
  #forgotten = '';
  #grown = new Gate();

  /** The position after all that happened so far. */
  get end(): string {
    return positionOf(this.#end);
  }

  /** Resolves at the next change. */
  get grown(): Promise<void> {
    return this.#grown.passed;
  }

  append(change: Change): void {
    const { t, i } = this.#end;
    const now = seconds();
    this.#end = new BSON.Timestamp(now > t ? { t: now, i: 1 } : { t, i: i + 1 });
    this.#entries.push({ ...change, time: this.#end });
    const oldest = this.#entries.length > CAPACITY ? this.#entries.shift() : undefined;
    if (oldest !== undefined) this.#forgotten = positionOf(oldest.time);
    this.#grown.open();
    this.#grown = new Gate();
  }

  /** The changes after a position. */
  after(position: string): Entry[] {
    if (position < this.#forgotten) {
      throw new CommandError(
        'ChangeStreamHistoryLost',
        'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
      );
    }
    const isLater = (entry?: Entry) => entry !== undefined && positionOf(entry.time) > position;
    let first = this.#entries.length;
    while (isLater(this.#entries[first - 1])) first -= 1;
    return this.#entries.slice(first);
  }
}

/** A time as text that sorts like it. */
export const positionOf = ({ t, i }: { readonly t: number; readonly i: number }): string =>
  [t, i].map((part) => part.toString(16).padStart(8, '0')).join('');

function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}
