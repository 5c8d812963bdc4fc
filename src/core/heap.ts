/** What a heap needs of its items: a field to note the place in, `OUT` while in no heap. */
export interface HeapItem {
  heapPlace: number;
}

/** The place of an item that is in no heap. */
export const OUT = -1;

/**
 * A binary heap whose items know their place, so that any of them can be moved or removed in
 * O(log n). The item of the lowest rank is on top; items of equal rank leave in no given order.
 * The place stands on the item itself, which is thus in one heap at a time: a map from items to
 * places costs more than all the comparing.
 */
export class IndexedHeap<Item extends HeapItem> {
  readonly #items: Item[] = [];
  readonly #isBefore: (a: Item, b: Item) => boolean;

  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  has(item: Item): boolean {
    return item.heapPlace !== OUT;
  }

  /** Adds the item, or moves it to where its rank now belongs. */
  set(item: Item): void {
    const place = item.heapPlace === OUT ? this.#items.length : item.heapPlace;
    this.#sink(this.#rise(place, item), item);
  }

  delete(item: Item): boolean {
    const place = item.heapPlace;
    if (place === OUT) return false;
    item.heapPlace = OUT;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) this.#sink(this.#rise(place, last), last);
    return true;
  }

  pop(): Item | undefined {
    const top = this.#items[0];
    if (top !== undefined) this.delete(top);
    return top;
  }

  /** Shows items to `look`, the top first, and goes below one only where `look` says so. */
  search(look: (item: Item) => boolean, place = 0): void {
    const item = this.#items[place];
    if (item === undefined || !look(item)) return;
    this.search(look, 2 * place + 1);
    this.search(look, 2 * place + 2);
  }

  #rise(start: number, item: Item): number {
    let place = start;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = this.#items[parentPlace];
      if (parent === undefined || !this.#isBefore(item, parent)) break;
      this.#put(place, parent);
      place = parentPlace;
    }
    return this.#put(place, item);
  }

  #sink(start: number, item: Item): void {
    const count = this.#items.length;
    let place = start;
    // Ahead of each read: one past the end of an array would slow the function down for good.
    for (let next = 2 * place + 1; next < count; next = 2 * place + 1) {
      const left = this.#items[next];
      if (left === undefined) break;
      const right = next + 1 < count ? this.#items[next + 1] : undefined;
      const useRight = right !== undefined && this.#isBefore(right, left);
      const child = useRight ? right : left;
      if (!this.#isBefore(child, item)) break;
      this.#put(place, child);
      place = useRight ? next + 1 : next;
    }
    this.#put(place, item);
  }

  #put(place: number, item: Item): number {
    this.#items[place] = item;
    item.heapPlace = place;
    return place;
  }
}
