import type { KeyOptions } from '../key/key.js';
import type { RotationStore } from '../rotation/rotation-store.js';
import { check, expectEqual, expectOutcome, idsOf, keysNamed } from './rotation-store-checks.js';

/** What the contract says of `addKeys` and `addBackups`. */
export const importRules = [
  { name: 'stores keys in the order given, and backups apart', run: storesKeys },
  { name: 'stores nothing twice when keys are added again', run: isIdempotent },
  {
    name: 'reports a known secret, wherever it is known, and does not store it',
    run: knowsSecrets,
  },
  { name: 'reports a known id, and never gives one out again', run: knowsIds },
  { name: 'gives ids to keys that have none', run: namesKeys },
  { name: 'adds a key once when many add it at the same time', run: addsOnce },
  { name: 'stores nothing when one of the keys is bad', run: refusesBadKeys },
];

async function storesKeys(store: RotationStore): Promise<void> {
  const report = await store.addKeys(keysNamed('a', 'c', 'b'));
  expectEqual('addKeys()', report, { added: ['a', 'c', 'b'], duplicates: [] });
  const backups = await store.addBackups(keysNamed('B', 'C'));
  expectEqual('addBackups()', backups, { added: ['B', 'C'], duplicates: [] });
  const keys = await store.load();
  expectEqual('the ids of load()', idsOf(keys), ['a', 'c', 'b']);
  expectEqual('the number of slots', new Set(keys.map(({ slot }) => slot)).size, 3);
  expectEqual('countBackups()', await store.countBackups(), 2);
  await store.addKeys(keysNamed('d'));
  expectEqual('the ids of load()', idsOf(await store.load()), ['a', 'c', 'b', 'd']);
}

async function isIdempotent(store: RotationStore): Promise<void> {
  for (const expected of ['added', 'duplicates'] as const) {
    expectEqual(expected, (await store.addKeys(keysNamed('a', 'b')))[expected], ['a', 'b']);
    expectEqual(expected, (await store.addBackups(keysNamed('B')))[expected], ['B']);
  }
  expectEqual('the ids of load()', idsOf(await store.load()), ['a', 'b']);
  expectEqual('countBackups()', await store.countBackups(), 1);
}

async function knowsSecrets(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('active', 'retired'));
  await store.addBackups(keysNamed('used'));
  await expectOutcome(store, 'retired', 'rotated');
  await store.addBackups(keysNamed('unused'));
  for (const id of ['active', 'retired', 'used', 'unused']) {
    const copy = [{ id: `copy-of-${id}`, secret: `secret-of-${id}` }];
    const expected = { added: [], duplicates: [`copy-of-${id}`] };
    expectEqual(`addKeys() of a secret that is ${id}`, await store.addKeys(copy), expected);
    expectEqual(`addBackups() of a secret that is ${id}`, await store.addBackups(copy), expected);
  }
  const twins = ['a', 'b'].map((id) => ({ id, secret: 'one secret' }));
  expectEqual('addBackups() of twins', await store.addBackups(twins), {
    added: ['a'],
    duplicates: ['b'],
  });
  expectEqual('the ids of load()', idsOf(await store.load()), ['active', 'used']);
  expectEqual('countBackups()', await store.countBackups(), 2);
}

async function knowsIds(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('active', 'retired'));
  await store.addBackups(keysNamed('used'));
  await expectOutcome(store, 'retired', 'rotated');
  await store.addBackups(keysNamed('unused'));
  for (const id of ['active', 'retired', 'used', 'unused']) {
    const other = [{ id, secret: `another secret for ${id}` }];
    const expected = { added: [], duplicates: [id] };
    expectEqual(`addKeys() of an id that is ${id}`, await store.addKeys(other), expected);
    expectEqual(`addBackups() of an id that is ${id}`, await store.addBackups(other), expected);
  }
}

async function namesKeys(store: RotationStore): Promise<void> {
  const nameless: readonly KeyOptions[] = [{ secret: 'first' }, { secret: 'second' }];
  const { added } = await store.addKeys(nameless);
  expectEqual('the number of different ids', new Set(added).size, 2);
  expectEqual('the ids of load()', idsOf(await store.load()), added);
  check(
    added.every((id) => id.length > 0 && !['first', 'second'].includes(id)),
    'expected ids that do not show the secret',
  );
  const again = await store.addBackups(nameless);
  expectEqual('addBackups() of known secrets', again, { added: [], duplicates: added });
}

async function addsOnce(store: RotationStore): Promise<void> {
  const reports = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0
        ? store.addBackups(keysNamed('a', 'b'))
        : store.addBackups(keysNamed('b', 'a')),
    ),
  );
  expectEqual('what was added', reports.flatMap(({ added }) => added).sort(), ['a', 'b']);
  expectEqual('countBackups()', await store.countBackups(), 2);
}

async function refusesBadKeys(store: RotationStore): Promise<void> {
  const bad: KeyOptions = { id: 'bad', secret: '' };
  for (const add of ['addKeys', 'addBackups'] as const) {
    const refusal = await store[add]([...keysNamed('good'), bad]).catch((error: unknown) => error);
    check(refusal instanceof Error, `expected ${add}() of an empty secret to be refused`);
    check(
      !String(refusal).includes('secret-of-good'),
      'expected the refusal to show no secret of any key',
    );
  }
  expectEqual('load()', await store.load(), []);
  expectEqual('countBackups()', await store.countBackups(), 0);
}
