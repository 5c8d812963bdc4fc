import type { Db } from 'mongodb';
import { type Clock, systemClock } from '../core/clock.js';
import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { guarded, type Logger, silentLogger } from '../core/logger.js';
import * as check from '../core/options.js';
import { steadyRandom } from '../core/steady-random.js';
import type { Cipher } from './cipher.js';
import type { Dependent } from './driver-database.js';
import { COLLECTIONS } from './schema.js';

export interface MongoRotationStoreOptions {
  /** A database of a connected client, or a promise of one. The store never closes it. */
  readonly db: Db | Promise<Db>;
  /** Pools share the collections and know nothing of each other. @defaultValue 'default' */
  readonly pool?: string;
  /** Encrypts secrets at rest. @defaultValue none: secrets are stored as they are */
  readonly cipher?: Cipher;
  /** Collections that hold key ids, which follow a key to its successor. @defaultValue none */
  readonly dependents?: readonly Dependent[];
  /** Milliseconds before a claim of another process is taken for abandoned. @defaultValue 5_000 */
  readonly graceMs?: number;
  /** Milliseconds between looks at the slots, where there are no change streams. @defaultValue 3_000 */
  readonly pollMs?: number;
  /** @defaultValue the host's clock */
  readonly clock?: Clock;
  /** @defaultValue silent */
  readonly logger?: Logger;
  /** Numbers in [0, 1), for where claims start and how long they wait. @defaultValue Math.random */
  readonly random?: () => number;
  /** Names this store in its claims: unique among all that were ever opened. @defaultValue random */
  readonly name?: string;
}

const OPTION_NAMES = {
  db: true,
  pool: true,
  cipher: true,
  dependents: true,
  graceMs: true,
  pollMs: true,
  clock: true,
  logger: true,
  random: true,
  name: true,
} satisfies Record<keyof MongoRotationStoreOptions, true>;

export interface MongoSettings {
  readonly db: Db | Promise<Db>;
  readonly pool: string;
  readonly cipher: Cipher | undefined;
  readonly dependents: readonly Dependent[];
  readonly graceMs: number;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly name: string | undefined;
}

/** @throws InvalidOptionError that names the path, what was expected and what came */
export function resolveMongoOptions(options: MongoRotationStoreOptions): MongoSettings {
  checkNames('options', options, OPTION_NAMES);
  const {
    db,
    pool = 'default',
    cipher,
    dependents = [],
    graceMs = 5_000,
    pollMs = 3_000,
    clock = systemClock,
    logger = silentLogger,
    random = Math.random,
    name,
  } = options;
  if (typeof db !== 'object' || db === null) {
    throw new InvalidOptionError('db', 'a Db of the driver, or a promise of one', db);
  }
  if (!('then' in db)) check.methods('db', db, ['collection', 'command']);
  // Whoever asks first hears of it; until then it must not end the process.
  else void db.then(undefined, () => undefined);
  if (cipher !== undefined) {
    check.methods('cipher', cipher, ['seal', 'open', 'fingerprint', 'isCurrent']);
  }
  check.methods('clock', clock, ['now', 'setTimer', 'clearTimer']);
  check.methods('logger', logger, ['debug', 'info', 'warn', 'error']);
  if (check.nonEmptyString('pool', pool).includes(':')) {
    throw new InvalidOptionError('pool', 'a name without a colon', pool, `"${pool.slice(0, 40)}"`);
  }
  check.nonNegative('graceMs', graceMs);
  check.positive('pollMs', pollMs);
  if (name !== undefined) check.nonEmptyString('name', name);
  if (!Array.isArray(dependents)) throw new InvalidOptionError('dependents', 'a list', dependents);
  for (const [index, each] of dependents.entries()) checkDependent(`dependents[${index}]`, each);
  const log = guarded(logger);
  const steady = steadyRandom(random);
  return {
    db,
    pool,
    cipher,
    dependents,
    graceMs,
    pollMs,
    clock,
    logger: log,
    random: steady,
    name,
  };
}

function checkDependent(path: string, dependent: unknown): void {
  const { collection, field, filter, toField } = check.record(path, dependent);
  const name = check.nonEmptyString(`${path}.collection`, collection);
  if (Object.values<string>(COLLECTIONS).includes(name)) {
    const expected = 'a collection of your own, not one of the store';
    throw new InvalidOptionError(`${path}.collection`, expected, name, `"${name}"`);
  }
  const text = check.nonEmptyString(`${path}.field`, field);
  if (text === '_id' || text.startsWith('$')) {
    throw new InvalidOptionError(`${path}.field`, 'a field that can be set', text, `"${text}"`);
  }
  if (filter !== undefined) check.record(`${path}.filter`, filter);
  if (toField !== undefined && typeof toField !== 'function') {
    throw new InvalidOptionError(`${path}.toField`, 'a function of the id', toField);
  }
}
