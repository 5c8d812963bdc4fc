import type { Seat } from './selector.js';

/**
 * What a selector keeps of each seat, found by the seat's index. A row outlasts `remove`, so that a
 * seat set aside for one call loses nothing; it ends with `forget`, or when a later seat has the
 * index.
 */
export class SeatTable<Row extends { readonly seat: Seat | undefined }> {
  readonly #rows: (Row | undefined)[] = [];

  get(seat: Seat): Row | undefined {
    const row = this.#rows[seat.index];
    return row?.seat === seat ? row : undefined;
  }

  set(seat: Seat, row: Row): void {
    this.#rows[seat.index] = row;
  }

  delete(seat: Seat): void {
    if (this.get(seat) !== undefined) this.#rows[seat.index] = undefined;
  }
}
