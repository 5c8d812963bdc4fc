import type { RotationStore, StoredKey } from '../rotation/rotation-store.js';
import { check, expectEqual, expectOutcome, keysNamed } from './rotation-store-checks.js';

/** What the contract says of `watch`, where a store has it. */
export const watchRules = [
  { name: 'tells watchers of growing generations only, up to the last', run: generationsGrow },
  { name: 'tells watchers of new slots', run: tellsOfNewSlots },
  { name: 'tells a watcher nothing once its signal fired', run: endsWithSignal },
];

async function generationsGrow(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F', 'G'));
  const seen: StoredKey[] = [];
  const watch = await startWatch(store, (key) => seen.push(key));
  if (watch === undefined) return;
  await store.addBackups(keysNamed('B'));
  await expectOutcome(store, 'F', 'rotated');
  await store.addBackups(keysNamed('C'));
  await expectOutcome(store, 'B', 'rotated');
  await store.addBackups(keysNamed('D'));
  const { key: last } = await expectOutcome(store, 'G', 'rotated');
  for (const id of ['F', 'B', 'G']) await expectOutcome(store, id, 'already-rotated');
  await watch.until(() => ['C', 'D'].every((id) => seen.some((key) => key.id === id)));
  const newest = new Map<string, number>();
  for (const { slot, generation } of seen) {
    check(generation > (newest.get(slot) ?? -1), 'expected generations of a slot to grow only');
    newest.set(slot, generation);
  }
  const found = seen.find(({ id }) => id === 'D');
  expectEqual(
    'the slot and the secret',
    [found?.slot, found?.secret.reveal()],
    [last.slot, 'secret-of-D'],
  );
  watch.stop();
}

async function tellsOfNewSlots(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('old'));
  const seen: string[] = [];
  const watch = await startWatch(store, ({ id }) => seen.push(id));
  if (watch === undefined) return;
  await store.addKeys(keysNamed('old', 'new'));
  await watch.until(() => seen.length > 0);
  expectEqual('the keys told of', seen, ['new']);
  watch.stop();
}

async function endsWithSignal(store: RotationStore): Promise<void> {
  await store.addKeys(keysNamed('F'));
  await store.addBackups(keysNamed('B'));
  const told: [string[], string[]] = [[], []];
  const first = await startWatch(store, ({ id }) => told[0].push(id));
  const second = await startWatch(store, ({ id }) => told[1].push(id));
  if (first === undefined || second === undefined) return;
  first.stop();
  await expectOutcome(store, 'F', 'rotated');
  await second.until(() => told[1].length > 0);
  expectEqual('what the watchers heard', told, [[], ['B']]);
  second.stop();
  const aborted = await startWatch(store, ({ id }) => told[0].push(id), AbortSignal.abort());
  await store.addKeys(keysNamed('G'));
  expectEqual('what a watcher heard that had ended before', told[0], []);
  aborted?.stop();
}

interface Watch {
  stop(): void;
  /** Gives a store that polls the time to; the rule fails if that is not enough. */
  until(isTold: () => boolean): Promise<void>;
}

async function startWatch(
  store: RotationStore,
  onChange: (key: StoredKey) => void,
  ended?: AbortSignal,
): Promise<Watch | undefined> {
  if (store.watch === undefined) return undefined;
  const controller = new AbortController();
  await store.watch(onChange, { signal: ended ?? controller.signal });
  const until = async (isTold: () => boolean) => {
    const deadline = Date.now() + 10_000;
    while (!isTold() && Date.now() < deadline) await new Promise((next) => setTimeout(next, 5));
    check(isTold(), 'expected watchers to be told of every slot that changed hands');
  };
  return { stop: () => controller.abort(), until };
}
