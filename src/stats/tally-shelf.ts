import { CallTally } from './call-tally.js';

/** A tally with its name, in a ring of all rows of its shelf by the time they were last used. */
export class TallyRow {
  readonly host: string;
  /** Empty for a host's own row. */
  readonly id: string;
  group = '';
  readonly tally = new CallTally();
  older: TallyRow = this;
  newer: TallyRow = this;

  constructor(host: string, id: string) {
    this.host = host;
    this.id = id;
  }

  unlink(): void {
    this.older.newer = this.newer;
    this.newer.older = this.older;
  }

  linkBefore(row: TallyRow): void {
    this.older = row.older;
    this.newer = row;
    row.older.newer = this;
    row.older = this;
  }
}

/** So many rows; beyond them, the least recently used one gives its counts to `others`. */
export class TallyShelf {
  readonly #maxRows: number;
  /** By host, then by id: to join the two would take a new string each call. */
  readonly #rows = new Map<string, Map<string, TallyRow>>();
  /** Where the ring begins and ends: its `newer` is the oldest row, its `older` the newest. */
  readonly #anchor = new TallyRow('', '');
  #size = 0;
  #others: CallTally | undefined;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** What the rows that had to go have counted. */
  get others(): CallTally | undefined {
    return this.#others;
  }

  /** The row of that name, found or made, and the most recently used one from now on. */
  row(host: string, id: string): TallyRow {
    const row = this.#rows.get(host)?.get(id) ?? this.#add(host, id);
    if (row.newer !== this.#anchor) {
      row.unlink();
      row.linkBefore(this.#anchor);
    }
    return row;
  }

  /** Adds the counts of the other shelf, which was in use later than this one. */
  absorb(other: TallyShelf): void {
    for (let from = other.#anchor.newer; from !== other.#anchor; from = from.newer) {
      const row = this.row(from.host, from.id);
      row.group = from.group;
      row.tally.absorb(from.tally);
    }
    if (other.#others !== undefined) this.#giveToOthers(other.#others);
  }

  /** The most recently used first. */
  *[Symbol.iterator](): Generator<TallyRow> {
    for (let row = this.#anchor.older; row !== this.#anchor; row = row.older) yield row;
  }

  #add(host: string, id: string): TallyRow {
    if (this.#size === this.#maxRows) this.#evict(this.#anchor.newer);
    const row = new TallyRow(host, id);
    row.linkBefore(this.#anchor);
    let ofHost = this.#rows.get(host);
    if (ofHost === undefined) {
      ofHost = new Map();
      this.#rows.set(host, ofHost);
    }
    ofHost.set(id, row);
    this.#size += 1;
    return row;
  }

  #evict(row: TallyRow): void {
    row.unlink();
    const ofHost = this.#rows.get(row.host);
    ofHost?.delete(row.id);
    if (ofHost?.size === 0) this.#rows.delete(row.host);
    this.#size -= 1;
    this.#giveToOthers(row.tally);
  }

  #giveToOthers(tally: CallTally): void {
    this.#others ??= new CallTally();
    this.#others.absorb(tally);
  }
}
