import type { Db } from 'mongodb';
import { InvalidOptionError } from '../core/errors.js';
import * as check from '../core/options.js';
import type { SpendFilter, SpendHistory, SpendRow } from '../spend/spend-history.js';
import {
  documentOf,
  filterFor,
  rowOf,
  SPEND_COLLECTIONS,
  type SpendRotationDocument,
  type SpendRowDocument,
} from './spend-rows.js';

export interface MongoSpendHistoryOptions {
  /** A database of a connected client, or a promise of one. The history never closes it. */
  readonly db: Db | Promise<Db>;
  /** Pools share the collections and know nothing of each other. @defaultValue 'default' */
  readonly pool?: string;
  /** Milliseconds for which rows of checks are kept; those of rotations stay. @defaultValue 90 days */
  readonly ttlMs?: number;
  /** A row that repeats the one before is written once in so many milliseconds. @defaultValue 3_600_000 */
  readonly heartbeatMs?: number;
}

/** Keys whose newest row is remembered. */
const MAX_KEYS = 100_000;
const DAY_MS = 86_400_000;

/**
 * Rows of spend checks in MongoDB, for any number of processes; rows of rotations apart, each once. Plain
 * collections, so that they can be changed, merged and watched. Call `ensureIndexes()` once.
 */
export class MongoSpendHistory implements SpendHistory {
  readonly #db: Db | Promise<Db>;
  readonly #pool: string;
  readonly #ttlMs: number;
  readonly #heartbeatMs: number;
  /** The newest row written of each key. */
  readonly #newest = new Map<string, { readonly says: string; readonly at: number }>();

  constructor(options: MongoSpendHistoryOptions) {
    const { db, pool = 'default', ttlMs = 90 * DAY_MS, heartbeatMs = 3_600_000 } = options;
    if (typeof db !== 'object' || db === null) {
      throw new InvalidOptionError('db', 'a Db of the driver, or a promise of one', db);
    }
    if (!('then' in db)) check.methods('db', db, ['collection']);
    // Whoever writes first hears of it; until then it must not end the process.
    else void db.then(undefined, () => undefined);
    if (check.nonEmptyString('pool', pool).includes(':')) {
      throw new InvalidOptionError(
        'pool',
        'a name without a colon',
        pool,
        `"${pool.slice(0, 40)}"`,
      );
    }
    this.#db = db;
    this.#pool = pool;
    this.#ttlMs = check.positive('ttlMs', ttlMs);
    this.#heartbeatMs = check.nonNegative('heartbeatMs', heartbeatMs);
  }

  /** Creates the collections' indexes where they are missing. */
  async ensureIndexes(): Promise<void> {
    const { checks, rotations } = await this.#collections();
    await checks.createIndexes([
      { key: { pool: 1, keyId: 1, at: -1 } },
      { key: { at: 1 }, expireAfterSeconds: Math.ceil(this.#ttlMs / 1_000) },
    ]);
    await rotations.createIndexes([{ key: { pool: 1, at: -1 } }, { key: { pool: 1, keyId: 1 } }]);
  }

  async save(row: SpendRow): Promise<void> {
    if (this.#isRepeated(row)) return;
    const { checks, rotations } = await this.#collections();
    const document = documentOf(this.#pool, row);
    if (row.event === 'rotated') {
      const _id = `${this.#pool}:${row.keyId}:${row.generation ?? ''}`;
      await rotations.updateOne({ _id }, { $setOnInsert: document }, { upsert: true });
      this.#newest.delete(row.keyId);
      return;
    }
    await checks.insertOne(document);
    this.#remember(row);
  }

  async list(filter: SpendFilter = {}): Promise<readonly SpendRow[]> {
    const { limit = Infinity, event } = filter;
    if (check.nonNegativeOrInfinite('limit', limit) === 0) return [];
    const { checks, rotations } = await this.#collections();
    const wanted = filterFor(this.#pool, filter);
    const options = { sort: { at: -1 }, ...(limit === Infinity ? {} : { limit }) } as const;
    const [ofChecks, ofRotations] = await Promise.all([
      event === 'rotated' ? [] : checks.find(wanted, options).toArray(),
      event === undefined || event === 'rotated' ? rotations.find(wanted, options).toArray() : [],
    ]);
    const rows = [...ofChecks, ...ofRotations].map(rowOf).sort((a, b) => a.at - b.at);
    return rows.slice(Math.max(0, rows.length - limit));
  }

  #isRepeated(row: SpendRow): boolean {
    const newest = this.#newest.get(row.keyId);
    if (newest === undefined || row.event !== undefined) return false;
    return row.at - newest.at < this.#heartbeatMs && newest.says === whatItSays(row);
  }

  #remember(row: SpendRow): void {
    this.#newest.delete(row.keyId);
    this.#newest.set(row.keyId, { says: whatItSays(row), at: row.at });
    if (this.#newest.size <= MAX_KEYS) return;
    for (const oldest of this.#newest.keys()) {
      this.#newest.delete(oldest);
      return;
    }
  }

  async #collections() {
    const db = await this.#db;
    return {
      checks: db.collection<SpendRowDocument>(SPEND_COLLECTIONS.checks),
      rotations: db.collection<SpendRotationDocument>(SPEND_COLLECTIONS.rotations),
    };
  }
}

/** What a row says of money: two that say the same are one piece of news. */
function whatItSays({ spent, limit, remaining, unit, ok, error, status }: SpendRow): string {
  return JSON.stringify([spent, limit === undefined, limit, remaining, unit, ok, error, status]);
}
