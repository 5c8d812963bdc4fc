import fc from 'fast-check';
import { expect } from 'vitest';
import { type Linked, RecencyList } from '../../src/core/recency-list.js';
import { property } from '../helpers/proof.js';

class Item implements Linked<Item> {
  older: Item | undefined = undefined;
  newer: Item | undefined = undefined;
}

const steps = fc.array(fc.tuple(fc.nat(6), fc.boolean()), { maxLength: 100 });

property('keeps the order of a plain array', [steps], (script) => {
  const list = new RecencyList<Item>();
  const items = Array.from({ length: 7 }, () => new Item());
  let model: Item[] = [];
  for (const [index, isTouch] of script) {
    const item = items[index]!;
    model = model.filter((other) => other !== item);
    if (isTouch) model.push(item);
    if (isTouch) list.touch(item);
    else list.delete(item);
    expect(list.oldest === model[0]).toBe(true);
  }
  for (const item of model) {
    expect(list.oldest === item).toBe(true);
    list.delete(item);
  }
  expect(list.oldest).toBeUndefined();
});
