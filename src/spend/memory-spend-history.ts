import * as check from '../core/options.js';
import type { SpendFilter, SpendHistory, SpendRow } from './spend-history.js';

export interface MemorySpendHistoryOptions {
  /** Rows kept; the oldest go first. @defaultValue 10_000 */
  readonly maxRows?: number;
}

/** Rows in this process's memory, the newest `maxRows` of them. */
export class MemorySpendHistory implements SpendHistory {
  readonly #maxRows: number;
  #rows: SpendRow[] = [];
  /** Rotations that are among the rows. */
  readonly #rotated = new Set<string>();

  constructor({ maxRows = 10_000 }: MemorySpendHistoryOptions = {}) {
    this.#maxRows = check.positiveInteger('maxRows', maxRows);
  }

  async save(row: SpendRow): Promise<void> {
    if (row.event === 'rotated') {
      const name = nameOf(row);
      if (this.#rotated.has(name)) return;
      this.#rotated.add(name);
    }
    this.#rows.push(Object.freeze({ ...row }));
    // Cut now and then, not at every row.
    if (this.#rows.length >= 2 * this.#maxRows) this.#cut();
  }

  async list(filter: SpendFilter = {}): Promise<readonly SpendRow[]> {
    const { keyId, event, since = -Infinity, limit = Infinity } = filter;
    check.nonNegativeOrInfinite('limit', limit);
    this.#cut();
    const rows = this.#rows.filter(
      (row) =>
        row.at >= since &&
        (keyId === undefined || row.keyId === keyId) &&
        (event === undefined || row.event === event),
    );
    return rows.slice(Math.max(0, rows.length - limit));
  }

  #cut(): void {
    const excess = this.#rows.length - this.#maxRows;
    if (excess <= 0) return;
    for (const row of this.#rows.splice(0, excess)) {
      if (row.event === 'rotated') this.#rotated.delete(nameOf(row));
    }
  }
}

function nameOf({ keyId, generation }: SpendRow): string {
  return JSON.stringify([keyId, generation]);
}
