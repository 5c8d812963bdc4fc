import type { KeyOptions } from '../key/key.js';
import type { RotationStore } from '../rotation/rotation-store.js';
import { check, expectEqual, expectOutcome, idsOf, keysNamed } from './rotation-store-checks.js';
import { importRules } from './rotation-store-imports.js';
import { watchRules } from './rotation-store-watch.js';

// Taken at load time, so that a test runner's fake timers do not stop the reader.
const { setImmediate: nextTurn } = globalThis;

/** Makes an empty store that shares nothing with the others it made. */
export type MakeRotationStore = () => RotationStore | Promise<RotationStore>;

export interface RotationStoreRule {
  readonly name: string;
  /** Rejects with an `Error` that says what was expected where the store breaks the rule. */
  run(newStore: MakeRotationStore): Promise<void>;
}

type Check = (store: RotationStore) => Promise<void>;

/**
 * What every rotation store must do, as data for any test runner:
 * `for (const { name, run } of rotationStoreContract) it(name, () => run(newStore))`.
 */
export const rotationStoreContract: readonly RotationStoreRule[] = [
  rule('is empty at first', isEmptyAtFirst),
  rule('puts the backup into the slot of the key', replacesInPlace),
  rule('uses a backup once, and loses none', usesEachBackupOnce),
  rule('keeps the number of keys at every read', keepsTheNumberOfKeys),
  rule('tells one of many callers that it rotated, and the others of the successor', oneRotates),
  rule('gives one backup to one of two keys', oneBackupForTwoKeys),
  rule('keeps a key that has no backup, and marks it exhausted', keepsWithoutBackup),
  rule('rotates exhausted keys once there are backups', recoversExhausted),
  rule('rotates an exhausted key that is asked for again', rotatesExhaustedAnew),
  rule('takes back that a key is exhausted, if it can', reinstates),
  rule('does not know a key that never was active', knowsOnlyActiveKeys),
  rule('leads from an old key to the one now in its slot', followsChains),
  rule('keeps the order, the slots and the secrets of other keys', leavesOthersAlone),
  rule('carries every option of a key', carriesOptions),
  rule('remembers rotations, oldest first', remembersRotations),
  rule('finds rotations by key, slot, time and number', filtersRotations),
  rule('has nothing to recover at rest', recoversNothingAtRest),
  ...importRules.map(({ name, run }) => rule(name, run)),
  ...watchRules.map(({ name, run }) => rule(name, run)),
];

function rule(name: string, run: Check): RotationStoreRule {
  return { name, run: async (newStore) => run(await newStore()) };
}

async function isEmptyAtFirst(store: RotationStore): Promise<void> {
  expectEqual('load()', await store.load(), []);
  expectEqual('countBackups()', await store.countBackups(), 0);
  expectEqual('history()', await store.history(), []);
}

async function replacesInPlace(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F'));
  await store.addBackups(keysNamed('B'));
  const [before] = await store.load();
  const { key, generation } = await expectOutcome(store, 'F', 'rotated');
  const after = await store.load();
  expectEqual('the ids of load()', idsOf(after), ['B']);
  expectEqual('the id in the outcome', key.id, 'B');
  expectEqual('the secret in the outcome', key.secret.reveal(), 'secret-of-B');
  expectEqual('the secret in load()', after[0]?.secret.reveal(), 'secret-of-B');
  expectEqual('the slot', [key.slot, after[0]?.slot], [before?.slot, before?.slot]);
  expectEqual('the generations', [key.generation, after[0]?.generation], [generation, generation]);
  check(generation > (before?.generation ?? Infinity), 'expected a rotation to raise generation');
  check(after[0]?.exhausted !== true, 'expected a fresh key not to be exhausted');
}

async function usesEachBackupOnce(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F1', 'F2', 'F3'));
  await store.addBackups(keysNamed('B1', 'B2', 'B3', 'B4', 'B5'));
  for (const id of ['F1', 'F2', 'F3']) await expectOutcome(store, id, 'rotated');
  const active = idsOf(await store.load());
  expectEqual('the number of different keys', new Set(active).size, 3);
  check(
    active.every((id) => id.startsWith('B')),
    `expected backups only, got ${active}`,
  );
  expectEqual('countBackups()', await store.countBackups(), 2);
  for (const id of active)
    await expectOutcome(store, id, id === active[2] ? 'no-backup' : 'rotated');
  const used = [...active, ...idsOf(await store.load()).filter((id) => !active.includes(id))];
  expectEqual('all backups, in use or used', used.sort(), ['B1', 'B2', 'B3', 'B4', 'B5']);
}

async function keepsTheNumberOfKeys(store: RotationStore): Promise<void> {
  const names = Array.from({ length: 8 }, (_, index) => `F${index}`);
  await store.addKeys(keysNamed(...names));
  await store.addBackups(keysNamed(...names.map((name) => `B${name}`)));
  let running = true;
  const reader = (async () => {
    for (let reads = 0; running || reads < 3; reads += 1) {
      const keys = await store.load();
      expectEqual('the number of keys at a read', new Set(idsOf(keys)).size, 8);
      expectEqual('the number of slots at a read', new Set(keys.map(({ slot }) => slot)).size, 8);
      // Else a store in memory would never get to anything but this read.
      await new Promise((resolve) => nextTurn(resolve));
    }
  })();
  const rotations = Promise.all(names.map((id) => store.rotate(id, { reason: 'dead' })));
  await Promise.all([rotations.finally(() => (running = false)), reader]);
  expectEqual('countBackups()', await store.countBackups(), 0);
}

async function oneRotates(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F', 'other'));
  await store.addBackups(keysNamed('B1', 'B2', 'B3'));
  const callers = Array.from({ length: 24 }, () => store.rotate('F', { reason: 'dead' }));
  const outcomes = await Promise.all(callers);
  const said = outcomes.map(({ outcome }) => outcome).sort();
  expectEqual('the outcomes', said, [...Array(23).fill('already-rotated'), 'rotated']);
  const successor = idsOf(await store.load()).find((id) => id.startsWith('B'));
  for (const each of outcomes) {
    expectEqual('the key in an outcome', 'key' in each ? each.key.id : undefined, successor);
  }
  expectEqual('countBackups()', await store.countBackups(), 2);
  expectEqual('the number of rotations', (await store.history()).length, 1);
}

async function oneBackupForTwoKeys(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F1', 'F2'));
  await store.addBackups(keysNamed('B'));
  const outcomes = await Promise.all(
    ['F1', 'F2'].map((id) => store.rotate(id, { reason: 'dead' })),
  );
  const said = outcomes.map(({ outcome }) => outcome).sort();
  expectEqual('the outcomes', said, ['no-backup', 'rotated']);
  const keys = await store.load();
  expectEqual('the number of keys', keys.length, 2);
  const exhausted = keys.filter((key) => key.exhausted === true);
  expectEqual('the number of exhausted keys', exhausted.length, 1);
  check(idsOf(keys).includes('B'), 'expected the backup to be active');
}

async function keepsWithoutBackup(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F', 'other'));
  const before = await store.load();
  for (let call = 0; call < 2; call += 1) await expectOutcome(store, 'F', 'no-backup');
  const after = await store.load();
  expectEqual('the ids of load()', idsOf(after), idsOf(before));
  expectEqual(
    'which keys are exhausted',
    after.map((key) => key.exhausted === true),
    [true, false],
  );
  expectEqual('history()', await store.history(), []);
}

async function recoversExhausted(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F1', 'F2', 'well'));
  for (const id of ['F1', 'F2']) await expectOutcome(store, id, 'no-backup', 'over_budget');
  expectEqual('what recover() rotated', (await store.recover()).rotated, []);
  await store.addBackups(keysNamed('B'));
  const { rotated } = await store.recover();
  expectEqual('what recover() rotated', rotated.length, 1);
  expectEqual(
    'the backup and the reason',
    [rotated[0]?.to, rotated[0]?.reason],
    ['B', 'over_budget'],
  );
  expectEqual('history()', await store.history(), rotated);
  const keys = await store.load();
  check(idsOf(keys).includes('B') && idsOf(keys).includes('well'), 'expected B beside the others');
  expectEqual('exhausted keys', keys.filter((key) => key.exhausted === true).length, 1);
  expectEqual('countBackups()', await store.countBackups(), 0);
}

async function reinstates(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F'));
  await expectOutcome(store, 'F', 'no-backup');
  if (store.reinstate === undefined) return;
  await store.reinstate('F');
  await store.reinstate('nobody');
  check((await store.load())[0]?.exhausted !== true, 'expected "F" not to be exhausted any more');
  await store.addBackups(keysNamed('B'));
  await store.recover();
  expectEqual('the keys', idsOf(await store.load()), ['F']);
  expectEqual('countBackups()', await store.countBackups(), 1);
}

async function rotatesExhaustedAnew(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F'));
  await expectOutcome(store, 'F', 'no-backup');
  await store.addBackups(keysNamed('B'));
  await expectOutcome(store, 'F', 'rotated');
  const [key] = await store.load();
  expectEqual('the key and its state', [key?.id, key?.exhausted === true], ['B', false]);
  expectEqual('what recover() rotated', (await store.recover()).rotated, []);
}

async function knowsOnlyActiveKeys(store: RotationStore): Promise<void> {
  await expectOutcome(store, 'nobody', 'unknown-key');
  await store.addKeys(keysNamed('F'));
  await store.addBackups(keysNamed('B'));
  await expectOutcome(store, 'nobody', 'unknown-key');
  await expectOutcome(store, 'B', 'unknown-key');
  expectEqual('countBackups()', await store.countBackups(), 1);
  expectEqual('the ids of load()', idsOf(await store.load()), ['F']);
}

async function followsChains(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F'));
  await store.addBackups(keysNamed('B'));
  await expectOutcome(store, 'F', 'rotated');
  await store.addBackups(keysNamed('C'));
  const { generation } = await expectOutcome(store, 'B', 'rotated');
  for (const id of ['F', 'B']) {
    const late = await expectOutcome(store, id, 'already-rotated');
    expectEqual(`the key after ${id}`, [late.key.id, late.generation], ['C', generation]);
    expectEqual('its secret', late.key.secret.reveal(), 'secret-of-C');
  }
  expectEqual('the number of rotations', (await store.history()).length, 2);
}

async function leavesOthersAlone(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('a', 'b', 'c'));
  await store.addBackups(keysNamed('B'));
  const before = await store.load();
  await expectOutcome(store, 'b', 'rotated');
  const after = await store.load();
  expectEqual('the ids of load()', idsOf(after), ['a', 'B', 'c']);
  const slots = [before, after].map((keys) => keys.map(({ slot }) => slot));
  expectEqual('the slots', slots[1], slots[0]);
  const secrets = after.map(({ secret }) => secret.reveal());
  expectEqual('the secrets', secrets, ['secret-of-a', 'secret-of-B', 'secret-of-c']);
}

const rich = (id: string): KeyOptions => ({
  id,
  secret: `secret-of-${id}`,
  group: `group-of-${id}`,
  limits: { requests: { limit: 50, windowMs: 60_000, kind: 'window' }, concurrency: 3 },
  // Names as they are: dots and dollar signs mean something to some databases.
  modelLimits: { 'gpt-4.1': { tokens: { limit: 9.5, windowMs: 1_000 } }, $all: { concurrency: 1 } },
  weight: 0.5,
  tier: 2,
  proxyUrl: `http://${id}.proxy.test:8080`,
  labels: { 'team.name': id, $kind: 'test', '': 'no name' },
});

async function carriesOptions(store: RotationStore): Promise<void> {
  await store.addKeys([rich('F')]);
  await store.addBackups([rich('B'), { id: 'plain', secret: 'secret-of-plain' }]);
  const optionsOf = async () => {
    const [key] = await store.load();
    if (key === undefined) throw new Error('Rotation store contract: the key is gone');
    const { slot, generation, exhausted, ...options } = key;
    return { ...options, secret: options.secret.reveal() };
  };
  expectEqual('the options of the first key', await optionsOf(), rich('F'));
  const { key } = await expectOutcome(store, 'F', 'rotated');
  const expected =
    key.id === 'B' ? [rich('B'), 'plain'] : [{ id: 'plain', secret: 'secret-of-plain' }, 'B'];
  expectEqual('the options of the second key', await optionsOf(), expected[0]);
  await expectOutcome(store, key.id, 'rotated');
  const third = expected[1] === 'B' ? rich('B') : { id: 'plain', secret: 'secret-of-plain' };
  expectEqual('the options of the third key', await optionsOf(), third);
}

async function remembersRotations(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F', 'G'));
  await store.addBackups(keysNamed('B'));
  const first = await expectOutcome(store, 'F', 'rotated', 'budget_exceeded');
  await store.addBackups(keysNamed('C'));
  const second = await expectOutcome(store, 'B', 'rotated', 'invalid_key');
  await store.addBackups(keysNamed('D'));
  const third = await expectOutcome(store, 'G', 'rotated', 'dead');
  const records = await store.history();
  check(
    records.every(({ at }, index) => at >= (records[index - 1]?.at ?? 0) && at > 1e12),
    'expected instants in epoch milliseconds, none before its predecessor',
  );
  const described = records.map(({ at, ...record }) => record);
  expectEqual('history()', described, [
    {
      slot: first.key.slot,
      generation: first.generation,
      from: 'F',
      to: 'B',
      reason: 'budget_exceeded',
    },
    {
      slot: first.key.slot,
      generation: second.generation,
      from: 'B',
      to: 'C',
      reason: 'invalid_key',
    },
    { slot: third.key.slot, generation: third.generation, from: 'G', to: 'D', reason: 'dead' },
  ]);
  for (const id of ['F', 'B', 'G']) await expectOutcome(store, id, 'already-rotated');
  expectEqual('history(), after late callers', await store.history(), records);
}

async function filtersRotations(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F', 'G'));
  for (const [from, to] of [
    ['F', 'B'],
    ['G', 'H'],
    ['B', 'C'],
  ] as const) {
    await store.addBackups(keysNamed(to));
    await expectOutcome(store, from, 'rotated');
  }
  const all = await store.history();
  const [first, second, third] = all;
  if (first === undefined || third === undefined)
    throw new Error('Rotation store contract: history() lost rotations');
  const found = async (filter: Parameters<RotationStore['history']>[0]) =>
    (await store.history(filter)).map(({ from, to }) => `${from}>${to}`);
  expectEqual('history({ keyId })', await found({ keyId: 'B' }), ['F>B', 'B>C']);
  expectEqual('history({ keyId }) of a stranger', await found({ keyId: 'X' }), []);
  expectEqual('history({ slot })', await found({ slot: first.slot }), ['F>B', 'B>C']);
  expectEqual(
    'history({ slot, keyId })',
    await found({ slot: second?.slot ?? '', keyId: 'B' }),
    [],
  );
  expectEqual('history({ limit })', await found({ limit: 2 }), ['F>B', 'G>H']);
  expectEqual('history({ since }) of all', (await found({ since: first.at })).length, 3);
  expectEqual('history({ since }) of none', await found({ since: third.at + 1 }), []);
}

async function recoversNothingAtRest(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F'));
  await store.addBackups(keysNamed('B', 'C'));
  await expectOutcome(store, 'F', 'rotated');
  for (let call = 0; call < 2; call += 1) {
    const nothing = { finished: 0, released: 0, rotated: [], pending: 0 };
    expectEqual('recover()', await store.recover(), nothing);
  }
  expectEqual('countBackups()', await store.countBackups(), 1);
  expectEqual('the number of rotations', (await store.history()).length, 1);
}
