import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { InvalidOptionError } from '../../src/core/errors.js';
import { isSecret, Secret } from '../../src/core/secret.js';

const VALUE = 'sk-live-0123456789abcdef';
const secret = new Secret(VALUE);

describe('Secret', () => {
  it('reveals itself by an explicit call', () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  it.each<[string, () => unknown]>([
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['a template', () => `${secret}`],
    ['a sum', () => `x${String(secret)}`],
    ['inspect', () => inspect({ secret }, { depth: 9, showHidden: true })],
    ['inspect without custom functions', () => inspect(secret, { customInspect: false })],
    ['inspect with getters', () => inspect(secret, { getters: true, showHidden: true })],
    ['a structured clone', () => inspect(structuredClone(secret), { showHidden: true })],
    ['a spread', () => JSON.stringify({ ...secret })],
    ['its own properties', () => JSON.stringify(Reflect.ownKeys(secret))],
    ['an error message', () => new Error(`Bad key ${secret}`).stack],
    ['the cause of an error', () => inspect(new Error('x', { cause: secret }))],
    ['an option error', () => new InvalidOptionError('key', 'a string', secret).stack],
    ['a locale string', () => secret.toLocaleString()],
    ['a key of an object', () => Object.keys({ [String(secret)]: 1 })[0]],
  ])('does not show in %s', (_where, show) => {
    expect(String(show())).not.toContain(VALUE);
    expect(String(show())).not.toContain('0123456789');
  });

  it('shows the same fingerprint for equal secrets, and another for others', () => {
    expect(`${new Secret(VALUE)}`).toBe(`${secret}`);
    expect(`${new Secret(`${VALUE}0`)}`).not.toBe(`${secret}`);
    expect(secret.fingerprint).toMatch(/^[0-9a-f]{13}$/);
  });

  it('is known where another copy of the package made it', async () => {
    vi.resetModules();
    const other = await import('../../src/core/secret.js');
    const foreign = new other.Secret(VALUE);
    expect(foreign).not.toBeInstanceOf(Secret);
    expect(isSecret(foreign)).toBe(true);
    expect(Secret.from(foreign).reveal()).toBe(VALUE);
    expect(isSecret({ reveal: () => VALUE })).toBe(false);
    expect(isSecret(Secret.prototype)).toBe(false);
  });

  it('is made from text, and is kept as it is from a secret', () => {
    expect(Secret.from(secret)).toBe(secret);
    expect(Secret.from(VALUE).reveal()).toBe(VALUE);
  });

  it('tells 20,000 secrets apart by their fingerprints', () => {
    const prints = Array.from(
      { length: 20_000 },
      (_, index) => new Secret(`k${index}`).fingerprint,
    );
    expect(new Set(prints).size).toBe(20_000);
  });
});
