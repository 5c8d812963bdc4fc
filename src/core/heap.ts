/**
 * A binary heap whose items know their place, so that any of them can be moved or removed in
 * O(log n). The item of the lowest rank is on top; items of equal rank leave in no given order.
 */
export class IndexedHeap<Item extends object> {
  readonly #items: Item[] = [];
  readonly #places = new Map<Item, number>();
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
    return this.#places.has(item);
  }

  /** Adds the item, or moves it to where its rank now belongs. */
  set(item: Item): void {
    const place = this.#places.get(item) ?? this.#items.length;
    this.#sink(this.#rise(place, item), item);
  }

  delete(item: Item): boolean {
    const place = this.#places.get(item);
    if (place === undefined) return false;
    this.#places.delete(item);
    const last = this.#items.pop();
    if (last !== undefined && last !== item) this.#sink(this.#rise(place, last), last);
    return true;
  }

  pop(): Item | undefined {
    const top = this.#items[0];
    if (top !== undefined) this.delete(top);
    return top;
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
    let place = start;
    for (;;) {
      const left = this.#items[2 * place + 1];
      if (left === undefined) break;
      const right = this.#items[2 * place + 2];
      const useRight = right !== undefined && this.#isBefore(right, left);
      const child = useRight ? right : left;
      if (!this.#isBefore(child, item)) break;
      this.#put(place, child);
      place = 2 * place + (useRight ? 2 : 1);
    }
    this.#put(place, item);
  }

  #put(place: number, item: Item): number {
    this.#items[place] = item;
    this.#places.set(item, place);
    return place;
  }
}
