import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HeapItem, IndexedHeap, OUT } from '../../src/core/heap.js';
import { property } from '../helpers/proof.js';

interface Item extends HeapItem {
  rank: number;
}

const anItem = (rank: number): Item => ({ rank, heapPlace: OUT });

const aHeap = () => new IndexedHeap<Item>((a, b) => a.rank < b.rank);

describe('IndexedHeap', () => {
  it('is empty at first', () => {
    const heap = aHeap();
    expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined]);
    expect(heap.delete(anItem(1))).toBe(false);
  });

  it('gives items up in the order of their ranks', () => {
    const heap = aHeap();
    for (const rank of [5, 3, 8, 1, 9, 2]) heap.set(anItem(rank));
    const ranks = Array.from({ length: 6 }, () => heap.pop()?.rank);
    expect(ranks).toEqual([1, 2, 3, 5, 8, 9]);
  });

  it('moves an item that is set again, and keeps it once', () => {
    const heap = aHeap();
    const [first, second] = [anItem(1), anItem(2)];
    heap.set(first);
    heap.set(second);
    first.rank = 3;
    heap.set(first);
    expect(heap.size).toBe(2);
    expect(heap.peek()).toBe(second);
  });

  it('forgets an item that was deleted from its middle', () => {
    const heap = aHeap();
    const items = [1, 2, 3, 4, 5].map(anItem);
    for (const item of items) heap.set(item);
    expect(heap.delete(items[2] as Item)).toBe(true);
    expect(heap.has(items[2] as Item)).toBe(false);
    expect(Array.from({ length: 4 }, () => heap.pop()?.rank)).toEqual([1, 2, 4, 5]);
  });

  const operation = fc.record({
    kind: fc.constantFrom('add', 'move', 'delete', 'pop'),
    rank: fc.integer({ min: 0, max: 30 }),
    which: fc.nat(),
  });

  property(
    'does what a sorted array does',
    [fc.array(operation, { maxLength: 300 })],
    (operations) => {
      const heap = aHeap();
      let model: Item[] = [];
      for (const { kind, rank, which } of operations) {
        const item = model[which % Math.max(1, model.length)];
        if (kind === 'add') {
          const added = anItem(rank);
          heap.set(added);
          model.push(added);
        } else if (kind === 'move' && item !== undefined) {
          item.rank = rank;
          heap.set(item);
        } else if (kind === 'delete' && item !== undefined) {
          expect(heap.delete(item)).toBe(true);
          model = model.filter((each) => each !== item);
        } else if (kind === 'pop') {
          const popped = heap.pop();
          model = model.filter((each) => each !== popped);
        }
        model.sort((a, b) => a.rank - b.rank);
        expect(heap.size).toBe(model.length);
        expect(heap.peek()?.rank).toBe(model[0]?.rank);
        for (const each of model) expect(heap.has(each)).toBe(true);
      }
      expect(model.map(() => heap.pop()?.rank)).toEqual(model.map((each) => each.rank));
    },
    { numRuns: 500 },
  );
});
