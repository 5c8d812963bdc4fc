import type { Clock } from '../../../src/core/clock.js';
import { type Cipher, plainCipher } from '../../../src/mongodb/cipher.js';
import { MongoRotationStore } from '../../../src/mongodb/mongo-rotation-store.js';
import { type DbState, DuplicateKey, fakeDb, type Op } from '../fake-db.js';

/** A process of the model: what it does with a store of its own. */
export interface ProcessSpec {
  readonly name: string;
  /** @defaultValue 0: the process helps at once */
  readonly graceMs?: number;
  run(store: MongoRotationStore): Promise<unknown>;
}

/** What a process sees of an operation: a value, a duplicate, or a broken connection. */
export type Reply =
  | { readonly value: unknown }
  | { readonly duplicate: string }
  | { readonly broken: true };

/** Where a process stands: it waits for a reply, or it has ended. */
export interface Stand {
  readonly op?: Op;
  /** Printed, when it has ended: what it returned, or the error it died of. */
  readonly result?: string;
}

const DEPENDENTS = [{ collection: 'bindings', field: 'keyId' }] as const;

/** Shows in the database whose secret is where. */
const cipher: Cipher = { ...plainCipher, fingerprint: async (secret) => `fp-${secret}` };

/** A broken connection, after which nobody knows whether the operation was carried out. */
class BrokenConnection extends Error {
  override readonly name = 'MongoNetworkError';
}

/**
 * Runs the process from its start, answering its first operations as given, up to the operation that
 * has no answer yet. The store's code decides what it is: nothing here knows the protocol.
 */
export function replay(spec: ProcessSpec, replies: readonly Reply[]): Promise<Stand> {
  return new Promise((settle) => {
    let asked = 0;
    const ask = async (op: Op): Promise<unknown> => {
      const reply = replies[asked];
      asked += 1;
      if (reply === undefined) {
        settle({ op });
        return new Promise(() => {});
      }
      if ('value' in reply) return structuredClone(reply.value);
      throw 'duplicate' in reply
        ? new DuplicateKey(reply.duplicate)
        : new BrokenConnection('reset');
    };
    const clock: Clock = {
      now: () => 1_000_000,
      setTimer(callback) {
        void ask({ collection: 'time', method: 'wait' }).then(callback);
      },
      clearTimer() {},
    };
    const store = new MongoRotationStore({
      db: fakeDb(ask),
      pool: 'p',
      cipher,
      dependents: DEPENDENTS,
      clock,
      random: () => 0.5,
      name: spec.name,
      graceMs: spec.graceMs ?? 0,
    });
    spec.run(store).then(
      (result) => settle({ result: JSON.stringify(result ?? null) }),
      (error: unknown) => settle({ result: JSON.stringify({ error: String(error) }) }),
    );
  });
}

/** Keys that are active, each in the slot `p:0`, `p:1`, …, and bound to by a document each. */
export function stateOf(options: {
  readonly active: readonly string[];
  readonly backups?: readonly string[];
  /** Secret of a key, where it is that of another. */
  readonly twins?: Readonly<Record<string, string>>;
  readonly isExhausted?: boolean;
  /** A backup that was claimed for the first key by a process that is dead. */
  readonly reserved?: string;
}): DbState {
  const { active, backups = [], twins = {}, isExhausted = false, reserved } = options;
  const secretOf = (id: string) => {
    const secret = twins[id] ?? id;
    return { secret: `plain:${secret}`, fp: `fp-${secret}`, options: {} };
  };
  const slots: DbState[string] = {};
  const bindings: DbState[string] = {};
  const spares: DbState[string] = {};
  for (const [index, keyId] of active.entries()) {
    const _id = `p:${index}`;
    const standing = isExhausted
      ? { state: 'exhausted', why: 'dead' }
      : { state: 'active', why: null };
    const slot = { _id, pool: 'p', keyId, ...secretOf(keyId), gen: 0, ...standing, j: null };
    slots[_id] = slot;
    bindings[`to-${keyId}`] = { _id: `to-${keyId}`, keyId };
  }
  for (const [index, keyId] of backups.entries()) {
    const _id = `p:${keyId}`;
    // Half of them lie before the place at which claims start.
    const r = index % 2 === 0 ? 0.75 : 0.25;
    const claim = {
      a: 'dead-1:1',
      slot: 'p:0',
      g: 0,
      from: active[0],
      reason: 'dead',
      at: 0,
      order: 1,
    };
    const standing =
      keyId === reserved
        ? { isUsed: true, state: 'reserved', claim, r }
        : { isUsed: false, state: 'unused', claim: null, r };
    spares[_id] = { _id, pool: 'p', keyId, ...secretOf(keyId), ...standing };
  }
  return { keypool_slots: slots, keypool_backups: spares, keypool_history: {}, bindings };
}
