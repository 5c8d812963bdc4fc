import { expect, it } from 'vitest';
import { FakeClock } from '../../src/testing/fake-clock.js';

it.each([new Date(0), '2026-01-01', Number.NaN, null])('does not start at %s', (start) => {
  expect(() => new FakeClock(start as never)).toThrow('startMs: expected a finite number');
});
