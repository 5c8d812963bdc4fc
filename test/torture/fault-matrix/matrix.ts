import type { Db, Document, MongoClient } from 'mongodb';
import type { Fields } from '../../helpers/wire-server/documents.js';
import type { Fault } from '../../helpers/wire-server/faults.js';
import type { WireServer } from '../../helpers/wire-server/start-wire-server.js';
import { audit } from '../audit.js';
import { type Heard, hear, liesIn } from '../hearsay.js';
import { watchCount } from '../watch-count.js';
import { aStore, hastyClock, seedWorld } from '../world.js';
import { type Arena, connect } from './arena.js';
import { FAULTS, type NamedFault } from './faults.js';
import type { Scenario } from './scenarios.js';
import { isWrite, stepOf } from './steps.js';

/** One command of a scenario and what happens to it. */
interface Cell {
  /** Which of the victim's commands, from 1. */
  readonly nth: number;
  readonly step: string;
  readonly fault: NamedFault;
}

export interface MatrixReport {
  readonly cells: number;
  readonly steps: ReadonlySet<string>;
  readonly failures: readonly string[];
}

/** The victim's commands on a database, in order; counts towards no fault. */
interface Trace {
  readonly commands: readonly Fields[];
}

/** Runs a scenario once as it is, then once for every command and every fault that can strike it. */
export class Matrix {
  readonly #server: WireServer;
  readonly #scenario: Scenario;
  readonly #admin: MongoClient;
  #databases = 0;

  constructor(server: WireServer, scenario: Scenario) {
    this.#server = server;
    this.#scenario = scenario;
    this.#admin = connect(server, 'admin');
  }

  async run(): Promise<MatrixReport> {
    try {
      return await this.#runAll();
    } finally {
      await this.#admin.close();
    }
  }

  async #runAll(): Promise<MatrixReport> {
    const start = await this.#prepare();
    const { commands, failure } = await this.#runCell(start, undefined);
    const cells = commands
      .flatMap((command, index) => cellsOf(command, index + 1))
      .filter(({ nth }) => nth !== this.#nthOfGiven(commands));
    const failures = failure === undefined ? [] : [`without a fault: ${failure}`];
    for (const cell of cells) {
      const { failure } = await this.#runCell(start, cell);
      if (failure === undefined) continue;
      failures.push(`${cell.nth}. ${cell.step}, ${cell.fault.name}: ${failure}`);
    }
    return { cells: cells.length, steps: new Set(commands.map(stepOf)), failures };
  }

  /** The documents from which every cell starts. */
  async #prepare(): Promise<ReadonlyMap<string, readonly Document[]>> {
    const { world, prepare } = this.#scenario;
    const { arena, client } = this.#newArena();
    try {
      await seedWorld(arena.db, world);
      await prepare?.(arena);
      return await dump(arena.db);
    } finally {
      await client.close();
    }
  }

  async #runCell(
    start: ReadonlyMap<string, readonly Document[]>,
    cell: Cell | undefined,
  ): Promise<Trace & { readonly failure: string | undefined }> {
    const { arena, client } = this.#newArena();
    try {
      await aStore(arena.db).ensureIndexes();
      for (const [name, documents] of start) {
        await arena.db.collection(name).insertMany([...documents]);
      }
      const commands = this.#record(arena);
      // In this order: what a fault ends does not come to the hooks behind it.
      const applied = this.#watch(arena);
      this.#strikeGiven(arena);
      const hook = cell && this.#strike(arena, cell.nth, cell.fault.fault);
      const faults = [...(await this.#play(arena, applied, cell === undefined))];
      if (hook !== undefined && hook.hits !== 1) faults.push('the fault did not strike');
      return { commands, failure: faults.length === 0 ? undefined : faults.join('; ') };
    } catch (error) {
      return { commands: [], failure: String(error) };
    } finally {
      await client.close();
    }
  }

  /** Plays the scenario, recovers, and returns what is not as it was promised. */
  async #play(arena: Arena, applied: () => Promise<void>, isCalm: boolean): Promise<string[]> {
    const { world, after = world, promised = [] } = this.#scenario;
    const { db, rival } = arena;
    const acting = this.#scenario.act(arena);
    if (after === world) await watchCount(db, world.keys.length, acting, applied);
    const heard = [...(await acting)];
    await rival.recover();
    const [first] = heard;
    const faults: string[] = [];
    if (first?.outcome === 'rejected') {
      if (isCalm) faults.push(`rejected: ${first.error}`);
      heard.push(...(await repeat(arena, first, promised)));
    } else if (first !== undefined && !promised.includes(first.outcome)) {
      // Where the others did not hear of it either, the victim came first after all.
      if (isCalm || heard.length === 1) faults.push(`heard ${first.outcome}`);
    }
    if (promised.includes('no-backup')) await this.#supply(arena);
    const { violations, successors } = await audit(db, this.#booksAtTheEnd());
    return [...faults, ...violations, ...liesIn(heard, successors)];
  }

  /** A key that found no backup is replaced once there is one. */
  async #supply({ rival }: Arena): Promise<void> {
    await rival.addBackups([{ id: 'late', secret: 'secret-of-late' }]);
    const { rotated } = await rival.recover();
    if (rotated[0]?.from !== 'k1') throw new Error('the exhausted key was not replaced');
  }

  #booksAtTheEnd() {
    const { world, after = world, promised = [] } = this.#scenario;
    if (!promised.includes('no-backup')) return after;
    return { ...after, backups: [...after.backups, 'late'] };
  }

  #newArena(): { readonly arena: Arena; readonly client: MongoClient } {
    this.#databases += 1;
    const name = `cell-${this.#databases}`;
    const victimName = `victim of ${name}`;
    const client = connect(this.#server, victimName);
    const db = this.#admin.db(name);
    const options = { clock: hastyClock, random: () => this.#scenario.random ?? 0 };
    const victim = aStore(client.db(name), options);
    const rival = aStore(db, { clock: hastyClock, random: () => 0 });
    return { arena: { server: this.#server, db, victimName, victim, rival }, client };
  }

  #record({ victimName, db }: Arena): Fields[] {
    const commands: Fields[] = [];
    const where = (command: Fields) => {
      if (command['$db'] === db.databaseName) commands.push(command);
      return false;
    };
    this.#server.on({ appName: victimName, where, fault: { kind: 'pass' } });
    return commands;
  }

  /** The scenario's own fault comes first: no second one can strike the same command. */
  #nthOfGiven(commands: readonly Fields[]): number {
    const { given } = this.#scenario;
    return commands.findIndex((command) => stepOf(command) === given?.step) + 1;
  }

  #strikeGiven({ victimName }: Arena): void {
    const { given } = this.#scenario;
    if (given === undefined) return;
    const where = (command: Fields) => command['$db'] !== 'admin' && stepOf(command) === given.step;
    this.#server.on({ appName: victimName, where, fault: given.fault });
  }

  /** Waits for the next command of the victim that is applied. */
  #watch({ victimName, db }: Arena): () => Promise<void> {
    const where = (command: Fields) => command['$db'] === db.databaseName;
    const fault: Fault = { kind: 'pass', when: 'after' };
    const hook = this.#server.on({ appName: victimName, where, times: Infinity, fault });
    return () => hook.reached(hook.hits + 1);
  }

  #strike({ victimName, db }: Arena, nth: number, fault: Fault) {
    const where = (command: Fields) => command['$db'] === db.databaseName;
    return this.#server.on({ appName: victimName, where, nth, fault });
  }
}

function cellsOf(command: Fields, nth: number): readonly Cell[] {
  const step = stepOf(command);
  return FAULTS.filter(({ steps, writesOnly = false }) => {
    if (writesOnly && !isWrite(command)) return false;
    return steps === undefined || steps.includes(step);
  }).map((fault) => ({ nth, step, fault }));
}

/** Whoever was left without an answer asks again, and hears what became of the first try. */
async function repeat(
  { rival }: Arena,
  { keyId }: Heard,
  promised: readonly Heard['outcome'][],
): Promise<readonly Heard[]> {
  const again = await hear(keyId, rival.rotate(keyId, { reason: 'dead' }));
  const allowed = [...promised, 'rotated', 'already-rotated'];
  if (!allowed.includes(again.outcome)) throw new Error(`asked again, and heard ${again.outcome}`);
  return [again];
}

async function dump(db: Db): Promise<ReadonlyMap<string, readonly Document[]>> {
  const documents = new Map<string, readonly Document[]>();
  for (const { collectionName } of await db.collections()) {
    const all = await db.collection(collectionName).find().toArray();
    if (all.length > 0) documents.set(collectionName, all);
  }
  return documents;
}
