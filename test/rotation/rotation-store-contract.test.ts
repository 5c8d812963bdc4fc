import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.js';
import type { KeyOptions } from '../../src/key/key.js';
import { MemoryRotationStore } from '../../src/rotation/memory-rotation-store.js';
import type {
  ImportReport,
  RecoveryReport,
  RotateOptions,
  RotationFilter,
  RotationOutcome,
  RotationStore,
  StoredKey,
  WatchOptions,
} from '../../src/rotation/rotation-store.js';
import { rotationStoreContract } from '../../src/testing/rotation-store-contract.js';

/** A right store, of which each test spoils one thing. */
class Spoilt implements RotationStore {
  readonly inner = new MemoryRotationStore();
  load(): Promise<readonly StoredKey[]> {
    return this.inner.load();
  }
  rotate(keyId: string, options: RotateOptions): Promise<RotationOutcome> {
    return this.inner.rotate(keyId, options);
  }
  recover(): Promise<RecoveryReport> {
    return this.inner.recover();
  }
  addKeys(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return this.inner.addKeys(keys);
  }
  addBackups(keys: readonly KeyOptions[]): Promise<ImportReport> {
    return this.inner.addBackups(keys);
  }
  countBackups(): Promise<number> {
    return this.inner.countBackups();
  }
  history(filter?: RotationFilter) {
    return this.inner.history(filter);
  }
  watch(onChange: (key: StoredKey) => void, options: WatchOptions): Promise<void> {
    return this.inner.watch(onChange, options);
  }
}

const unknown = (): RotationOutcome => ({ outcome: 'unknown-key' });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const spoilt: Record<string, () => RotationStore> = {
  'tells every caller that it rotated': () =>
    new (class extends Spoilt {
      override async rotate(keyId: string, options: RotateOptions) {
        const outcome = await super.rotate(keyId, options);
        return outcome.outcome === 'already-rotated'
          ? { ...outcome, outcome: 'rotated' as const }
          : outcome;
      }
    })(),
  'forgets old keys': () =>
    new (class extends Spoilt {
      override async rotate(keyId: string, options: RotateOptions) {
        const outcome = await super.rotate(keyId, options);
        return outcome.outcome === 'already-rotated' ? unknown() : outcome;
      }
    })(),
  'returns the successor of the old key instead of the key in the slot': () =>
    new (class extends Spoilt {
      readonly #first = new Map<string, RotationOutcome>();
      override async rotate(keyId: string, options: RotateOptions) {
        const outcome = await super.rotate(keyId, options);
        if (outcome.outcome === 'rotated') {
          this.#first.set(keyId, { ...outcome, outcome: 'already-rotated' });
        }
        return outcome.outcome === 'already-rotated'
          ? (this.#first.get(keyId) ?? outcome)
          : outcome;
      }
    })(),
  'drops a key that has no backup': () =>
    new (class extends Spoilt {
      override async load() {
        return (await super.load()).filter((key) => key.exhausted !== true);
      }
    })(),
  'does not mark exhausted keys': () =>
    new (class extends Spoilt {
      override async load() {
        return (await super.load()).map(({ exhausted, ...key }) => key);
      }
    })(),
  'shows one key less for a moment': () =>
    new (class extends Spoilt {
      #busy = 0;
      override async rotate(keyId: string, options: RotateOptions) {
        this.#busy += 1;
        await turn();
        const outcome = await super.rotate(keyId, options);
        this.#busy -= 1;
        return outcome;
      }
      override async load() {
        return (await super.load()).slice(this.#busy > 0 ? 1 : 0);
      }
    })(),
  'claims, then swaps: two callers take two backups': () =>
    new (class extends Spoilt {
      override async rotate(keyId: string, options: RotateOptions) {
        const current = (await this.load()).find(({ id }) => id === keyId);
        await turn();
        const outcome = await super.rotate(keyId, options);
        if (outcome.outcome !== 'already-rotated' || current === undefined) return outcome;
        return super.rotate(outcome.key.id, options);
      }
    })(),
  'loses options at a rotation': () =>
    new (class extends Spoilt {
      override async load() {
        return (await super.load()).map(({ labels, ...key }) =>
          key.generation > 0 || labels === undefined ? key : { ...key, labels },
        );
      }
    })(),
  'never recovers': () =>
    new (class extends Spoilt {
      override async recover() {
        return { finished: 0, released: 0, rotated: [], pending: 0 };
      }
    })(),
  'calls added what it knew': () =>
    new (class extends Spoilt {
      override async addBackups(keys: readonly KeyOptions[]) {
        const { added, duplicates } = await super.addBackups(keys);
        return { added: [...added, ...duplicates], duplicates: [] };
      }
    })(),
  'forgets retired secrets': () =>
    new (class extends Spoilt {
      override async addBackups(keys: readonly KeyOptions[]) {
        const [retired] = keys.filter(({ id }) => id === 'copy-of-retired');
        if (retired === undefined) return super.addBackups(keys);
        return { added: ['copy-of-retired'], duplicates: [] };
      }
    })(),
  'has a history in no order': () =>
    new (class extends Spoilt {
      override async history(filter?: RotationFilter) {
        return [...(await super.history(filter))].reverse();
      }
    })(),
  'does not filter its history': () =>
    new (class extends Spoilt {
      override async history() {
        return super.history();
      }
    })(),
  'swaps secrets': () =>
    new (class extends Spoilt {
      override async load() {
        const keys = await super.load();
        return keys.map((key) => ({ ...key, secret: keys[0]?.secret ?? key.secret }));
      }
    })(),
  'gives the slot of a successor another name': () =>
    new (class extends Spoilt {
      override async load() {
        return (await super.load()).map((key) => ({ ...key, slot: `${key.slot}-${key.id}` }));
      }
    })(),
  'tells watchers twice': () =>
    new (class extends Spoilt {
      override watch(onChange: (key: StoredKey) => void, options: WatchOptions) {
        return super.watch((key) => {
          onChange(key);
          onChange(key);
        }, options);
      }
    })(),
  'tells watchers that have ended': () =>
    new (class extends Spoilt {
      override watch(onChange: (key: StoredKey) => void) {
        return super.watch(onChange, { signal: new AbortController().signal });
      }
    })(),
  'raises no generation': () =>
    new (class extends Spoilt {
      override async load() {
        return (await super.load()).map((key) => ({ ...key, generation: 0 }));
      }
    })(),
  'calls secrets by the name of another': () =>
    new (class extends Spoilt {
      override addBackups(keys: readonly KeyOptions[]) {
        return super.addBackups(keys.map((key) => ({ ...key, secret: new Secret(`${key.id}`) })));
      }
    })(),
};

describe('catches a store that', () => {
  it.each(Object.entries(spoilt))('%s', async (_, newStore) => {
    const failures = await Promise.all(
      rotationStoreContract.map(({ run }) => run(newStore).then(() => 'kept', String)),
    );
    const broken = failures.filter((failure) => failure !== 'kept');
    expect(broken).not.toEqual([]);
    for (const failure of broken) expect(failure).toContain('Rotation store contract: ');
  });
});

it('asks nothing of watchers where a store has no watch', async () => {
  const newStore = () => Object.assign(new Spoilt(), { watch: undefined }) as RotationStore;
  for (const { run } of rotationStoreContract) await run(newStore);
});
