import { describe, expect, it } from 'vitest';
import * as errors from '../../src/core/errors.js';

const { isKeyPoolError, KeyPoolError } = errors;

/** A second copy of the module, as a bundle of its own would have it. */
async function anotherCopy(): Promise<typeof errors> {
  const path = '../../src/core/errors.ts?copy';
  return import(/* @vite-ignore */ path);
}

describe('isKeyPoolError', () => {
  it('knows every error of this package', () => {
    const wait = { explanation: { ready: false, keys: [] } };
    const all = [
      new errors.NoKeyAvailableError('none', wait),
      new errors.AcquireTimeoutError(5, wait),
      new errors.QueueFullError(1),
      new errors.CostExceedsLimitError('tokens', 2, 1),
      new errors.PoolClosedError(),
      new errors.UnknownKeyError('a'),
      new errors.AttemptsExhaustedError(500, { trail: [], attempts: 0 }),
      new errors.InvalidOptionError('path', 'a string', 1),
    ];
    for (const error of all) {
      expect(isKeyPoolError(error)).toBe(true);
      expect(isKeyPoolError(error, error.code)).toBe(true);
      expect(error.name).toBe(error.constructor.name);
    }
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
  });

  it('tells codes apart', () => {
    expect(isKeyPoolError(new errors.PoolClosedError(), 'QUEUE_FULL')).toBe(false);
  });

  it('knows errors of another copy of the module, which instanceof does not', async () => {
    const copy = await anotherCopy();
    const error = new copy.PoolClosedError();
    expect(copy.KeyPoolError).not.toBe(KeyPoolError);
    expect(error).not.toBeInstanceOf(KeyPoolError);
    expect(isKeyPoolError(error, 'POOL_CLOSED')).toBe(true);
    expect(copy.isKeyPoolError(new errors.PoolClosedError())).toBe(true);
  });

  it('is not taken in by look-alikes', () => {
    const alike = Object.assign(new Error('x'), { code: 'POOL_CLOSED' });
    for (const value of [alike, { code: 'POOL_CLOSED' }, undefined, null, 'POOL_CLOSED']) {
      expect(isKeyPoolError(value)).toBe(false);
    }
  });
});

describe('an error', () => {
  it('shows its message when it is printed as JSON, and not its brand', () => {
    const error = new errors.QueueFullError(3);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'QueueFullError',
      code: 'QUEUE_FULL',
      message: 'The queue is full: 3 calls are waiting for a key',
    });
  });

  it('has a cause only where there was one', () => {
    expect('cause' in new KeyPoolError('POOL_CLOSED', 'x')).toBe(false);
    expect(new KeyPoolError('POOL_CLOSED', 'x', { cause: undefined })).toHaveProperty('cause');
    expect(new KeyPoolError('POOL_CLOSED', 'x', { cause: 1 }).cause).toBe(1);
  });

  it('of a wait states when to retry only where that is known', () => {
    const rests = { id: 'a', ready: false, reason: 'cooling', sentence: 'a rests' } as const;
    const wait = { explanation: { ready: false, keys: [rests] } };
    expect(new errors.NoKeyAvailableError('none', wait).retryAfterMs).toBeUndefined();
    const known = new errors.AcquireTimeoutError(5, { ...wait, retryAfterMs: 0 });
    expect(known).toMatchObject({ retryAfterMs: 0, explanation: { keys: [rests] } });
  });

  it('of an option names the path and what was expected, and shows no text that came', () => {
    const { message, path } = new errors.InvalidOptionError('keys[0].secret', 'x', 'sk-secret');
    expect(path).toBe('keys[0].secret');
    expect(message).toBe('keys[0].secret: expected x, got a string of 9 characters');
    const { message: short } = new errors.InvalidOptionError('path', 'x', 'y');
    expect(short).toBe('path: expected x, got a string of 1 character');
  });

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    ['', 'an empty string'],
    [[1, 2], 'an array of 2'],
    [{}, 'a value of type object'],
    [true, 'true'],
    [-1, '-1'],
  ])('of an option describes %j', (value, words) => {
    const { message } = new errors.InvalidOptionError('path', 'x', value);
    expect(message).toBe(`path: expected x, got ${words}`);
  });
});
