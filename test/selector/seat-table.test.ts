import { expect, it } from 'vitest';
import { SeatTable } from '../../src/selector/seat-table.js';
import { fakeSeat } from '../../src/testing/fake-seat.js';

const first = fakeSeat({ index: 3, id: 'first' });
const later = fakeSeat({ index: 3, id: 'later' });

it('has no row for a seat that only shares the index of another', () => {
  const table = new SeatTable();
  table.set(first, { seat: first });
  expect(table.get(first)).toEqual({ seat: first });
  expect(table.get(later)).toBeUndefined();
});

it('keeps the row of a later seat when the earlier one of its index is deleted', () => {
  const table = new SeatTable();
  table.set(first, { seat: first });
  table.set(later, { seat: later });
  table.delete(first);
  expect(table.get(later)).toEqual({ seat: later });
  table.delete(later);
  expect(table.get(later)).toBeUndefined();
});
