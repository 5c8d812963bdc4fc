import type { Crowd } from './crowd.js';
import type { Operate } from './timed.js';

/** `choose` over and over; it must find a key unless all of them are exhausted. */
export function choosing(choose: () => boolean, crowd: Crowd): Operate {
  const isExpected = canServe(crowd);
  return (count) => {
    for (let done = 0; done < count; done += 1) {
      if (choose() !== isExpected) throw new Error(`Expected ${isExpected}`);
    }
  };
}

/** The same, one after the other, of what answers later. */
export function choosingLater(choose: () => Promise<boolean>, crowd: Crowd): Operate {
  const isExpected = canServe(crowd);
  return async (count) => {
    for (let done = 0; done < count; done += 1) {
      if ((await choose()) !== isExpected) throw new Error(`Expected ${isExpected}`);
    }
  };
}

function canServe({ exhausted = 0 }: Crowd): boolean {
  return exhausted < 1;
}
