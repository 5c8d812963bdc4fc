import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyPoolError } from '../../src/core/errors.js';
import { aesGcmCipher } from '../../src/mongodb/aes-gcm-cipher.js';
import { plainCipher } from '../../src/mongodb/cipher.js';
import { property } from '../helpers/proof.js';

const k1 = new Uint8Array(32).fill(1);
const k2 = btoa(String.fromCharCode(...new Uint8Array(32).fill(2)));
const place = { pool: 'p', keyId: 'a' };
const old = aesGcmCipher({ keys: { k1 }, primary: 'k1', pepper: 'salt' });
const both = aesGcmCipher({ keys: { k1, k2 }, primary: 'k2', pepper: 'salt' });

property(
  'opens what it sealed, and shows nothing of it',
  [fc.string({ minLength: 1 })],
  async (secret) => {
    const sealed = await old.seal(secret, place);
    expect(await old.open(sealed, place)).toBe(secret);
    if (secret.length > 5) expect(sealed).not.toContain(secret);
  },
);

it('never seals alike', async () => {
  expect(await old.seal('secret', place)).not.toBe(await old.seal('secret', place));
});

it.each([
  ['another key id', { pool: 'p', keyId: 'b' }],
  ['another pool', { pool: 'q', keyId: 'a' }],
  ['names that run together', { pool: 'pa', keyId: '' }],
])('does not open a secret for %s', async (_, elsewhere) => {
  const refusal = await old
    .open(await old.seal('secret', place), elsewhere)
    .catch((e: unknown) => e);
  expect(isKeyPoolError(refusal, 'STORE_FAILED')).toBe(true);
});

it('does not open what was tampered with', async () => {
  const sealed = await old.seal('secret', place);
  const last = sealed.at(-4) === 'A' ? 'B' : 'A';
  const tampered = `${sealed.slice(0, -4)}${last}${sealed.slice(-3)}`;
  await expect(old.open(tampered, place)).rejects.toThrow('A stored secret was sealed');
});

describe('keys that are replaced', () => {
  it('opens what a former key sealed, and says that it is not current', async () => {
    const sealed = await old.seal('secret', place);
    expect(await both.open(sealed, place)).toBe('secret');
    expect([old.isCurrent(sealed), both.isCurrent(sealed)]).toEqual([true, false]);
    expect(both.isCurrent(await both.seal('secret', place))).toBe(true);
  });

  it('names the key that it lacks', async () => {
    const sealed = await both.seal('secret', place);
    await expect(old.open(sealed, place)).rejects.toThrow('the key "k2", which was not given');
  });

  it('opens what was stored before there was a cipher', async () => {
    expect(await old.open(await plainCipher.seal('secret', place), place)).toBe('secret');
  });
});

it('fingerprints alike what is alike, with one pepper', async () => {
  const other = aesGcmCipher({ keys: { k1 }, primary: 'k1', pepper: 'pepper' });
  expect(await old.fingerprint('a')).toBe(await both.fingerprint('a'));
  expect(await old.fingerprint('a')).not.toBe(await old.fingerprint('b'));
  expect(await old.fingerprint('a')).not.toBe(await other.fingerprint('a'));
  expect(await old.fingerprint('a')).not.toBe(await plainCipher.fingerprint('a'));
});

it.each([
  ['a short key', { keys: { k1: k1.slice(1) }, primary: 'k1', pepper: 'x' }, 'keys.k1'],
  ['no base64', { keys: { k1: '***' }, primary: 'k1', pepper: 'x' }, 'keys.k1'],
  [
    'a name that cannot be told from the rest',
    { keys: { 'a:b': k1 }, primary: 'a:b', pepper: 'x' },
    'keys',
  ],
  ['a primary key that is not there', { keys: { k1 }, primary: 'k2', pepper: 'x' }, 'primary'],
  ['a misspelt name', { keys: { k1 }, primery: 'k1', pepper: 'x' } as never, 'options.primery'],
  ['no pepper', { keys: { k1 }, primary: 'k1', pepper: '' }, 'pepper'],
])('refuses %s', (_, options, path) => {
  expect(() => aesGcmCipher(options)).toThrow(new RegExp(`^${path.replace('.', '[.]')}: expected`));
});
