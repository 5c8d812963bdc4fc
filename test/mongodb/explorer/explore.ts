import { type DbState, DuplicateKey, execute, isWrite, matches, type Op } from '../fake-db.js';
import { type Ghosts, noGhosts, watchGhosts } from './ghosts.js';
import { type ProcessSpec, type Reply, replay, type Stand } from './process.js';

/** A small world that is explored whole. */
export interface World {
  readonly name: string;
  readonly start: DbState;
  readonly processes: readonly ProcessSpec[];
  /** Processes that may die, at any step. @defaultValue 0 */
  readonly crashes?: number;
  /** Replies lost, requests lost, or requests delivered late, in all. @defaultValue 0 */
  readonly faults?: number;
  /** Whether a claim may get any of the free backups, not only the first. @defaultValue false */
  readonly anyBackup?: boolean;
  /** Exhausted keys that a process calls good, and nobody asks for. @defaultValue none */
  readonly reinstated?: readonly string[];
  /** What keys can be rotated; each must end as the rules say. */
  readonly asked: Readonly<Record<string, string>>;
}

/** Every state of the database that a world has reached, with what it took to get there. */
export interface Snapshot {
  readonly db: DbState;
  readonly ghosts: Ghosts;
}

export interface Rules {
  /** What is wrong with a state that anyone might see. */
  always(snapshot: Snapshot, world: World): string | undefined;
  /** What is wrong once all are done or dead, and recovery has run. */
  finally(
    snapshot: Snapshot,
    world: World,
    results: readonly (string | undefined)[],
  ): string | undefined;
  /** Recovers: run alone, before `finally` looks. */
  readonly recovery: ProcessSpec;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly ends: number;
  /** Operations seen, each with the ways in which it went. */
  readonly covered: ReadonlySet<string>;
  readonly violation?: { readonly message: string; readonly trace: readonly string[] };
}

export interface ExploreOptions {
  /** @defaultValue all of it */
  readonly maxStates?: number;
  /** Spoils operations on their way to the database: a mutant. */
  readonly mutate?: (op: Op, process: ProcessSpec) => Op;
}

/** A place in the tree of what one process may live through. */
interface Node {
  readonly spec: number;
  readonly parent: Node | undefined;
  readonly reply: Reply | undefined;
  readonly stand: Stand;
  readonly children: Map<string, number>;
}

interface State {
  readonly db: number;
  /** A node for each process; `CRASHED` for the dead. */
  readonly nodes: readonly number[];
  /** The state of the database when a process began to wait. */
  readonly waitsSince: readonly number[];
  readonly crashes: number;
  readonly faults: number;
  /** Requests still on their way. */
  readonly late: readonly string[];
  readonly from: State | undefined;
  readonly label: string;
}

interface Effect {
  readonly reply: Reply;
  readonly db: number;
}

type Mode = 'ok' | 'reply lost' | 'request lost' | 'late';
const CRASHED = -1;

/**
 * Explores a world: every order in which its processes' database operations can fall, with crashes
 * and faults at every step. Two states are one if the database is the same and every process has seen
 * the same replies, since from there on the same code does the same.
 */
export class Explorer {
  readonly #world: World;
  readonly #rules: Rules;
  readonly #options: ExploreOptions;
  readonly #specs: readonly ProcessSpec[];
  readonly #snapshots: Snapshot[] = [];
  readonly #snapshotIds = new Map<string, number>();
  readonly #verdicts = new Map<number, string | undefined>();
  readonly #effects = new Map<string, Effect[]>();
  readonly #nodes: Node[] = [];
  readonly #covered = new Set<string>();
  readonly #ended = new Map<string, string | undefined>();

  constructor(world: World, rules: Rules, options: ExploreOptions = {}) {
    this.#world = world;
    this.#rules = rules;
    this.#options = options;
    this.#specs = [...world.processes, rules.recovery];
  }

  async run(): Promise<Exploration> {
    const { processes, crashes = 0, faults = 0, start } = this.#world;
    const { maxStates = Infinity } = this.#options;
    const roots: number[] = [];
    for (const index of this.#specs.keys()) roots.push(await this.#newNode(index));
    const recovery = roots.pop() ?? CRASHED;
    const db = this.#snapshotId({ db: start, ghosts: noGhosts });
    const waitsSince = processes.map(() => db);
    const first = { db, nodes: roots, waitsSince, crashes, faults, late: [] };
    const seen = new Set<string>();
    const stack: State[] = [{ ...first, from: undefined, label: 'start' }];
    let [transitions, ends] = [0, 0];
    const outcome = (violation?: string, state?: State): Exploration => ({
      states: seen.size,
      transitions,
      ends,
      covered: this.#covered,
      ...(violation === undefined || state === undefined
        ? {}
        : { violation: { message: violation, trace: traceOf(state) } }),
    });
    seen.add(this.#keyOf(stack[0]!));
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      const wrong = this.#always(state.db);
      if (wrong !== undefined) return outcome(wrong, state);
      if (state.nodes.every((node) => this.#isOver(node))) {
        ends += 1;
        const failed = await this.#checkEnd(state, recovery);
        if (failed !== undefined) return outcome(failed, state);
      }
      for (const next of await this.#successors(state)) {
        transitions += 1;
        const key = this.#keyOf(next);
        if (seen.has(key)) continue;
        seen.add(key);
        stack.push(next);
      }
      if (seen.size >= maxStates) break;
    }
    return outcome();
  }

  async #successors(state: State): Promise<State[]> {
    const next: State[] = [];
    const running = state.nodes.filter((node) => !this.#isOver(node)).length;
    for (const [index, node] of state.nodes.entries()) {
      if (this.#isOver(node)) continue;
      if (state.crashes > 0) {
        const nodes = replaced(state.nodes, index, CRASHED);
        const label = `${this.#specs[index]?.name} dies`;
        next.push({ ...state, nodes, crashes: state.crashes - 1, from: state, label });
      }
      const op = this.#opOf(node);
      // Waiting for others is over once they did something, or there are none to wait for.
      if (op.method === 'wait' && running > 1 && state.late.length === 0) {
        const allWait = state.nodes.every((each) => this.#isOver(each) || this.#isWaiting(each));
        if (state.waitsSince[index] === state.db && !allWait) continue;
      }
      for (const mode of this.#modesOf(op, state)) {
        next.push(...(await this.#advance(state, index, op, mode)));
      }
    }
    for (const [place, request] of state.late.entries()) {
      const late = state.late.filter((_, other) => other !== place);
      for (const { db } of this.#effectsOf(state.db, JSON.parse(request) as Op)) {
        next.push({ ...state, db, late, from: state, label: `late: ${request}` });
      }
    }
    return next;
  }

  #modesOf(op: Op, { faults }: State): readonly Mode[] {
    if (faults === 0 || op.method === 'wait') return ['ok'];
    return isWrite(op) ? ['ok', 'reply lost', 'request lost', 'late'] : ['ok'];
  }

  async #advance(state: State, index: number, op: Op, mode: Mode): Promise<State[]> {
    const node = state.nodes[index] ?? CRASHED;
    const name = this.#specs[index]?.name;
    const faults = state.faults - (mode === 'ok' ? 0 : 1);
    const described = `${op.method} ${op.collection}`;
    this.#covered.add(`${fieldsOf(op)} ${mode}`);
    if (mode === 'request lost' || mode === 'late') {
      const child = await this.#child(node, { broken: true });
      const late = mode === 'late' ? [...state.late, JSON.stringify(op)].sort() : state.late;
      return [
        this.#with(state, index, child, state.db, {
          faults,
          late,
          label: `${name}: ${described} (${mode})`,
        }),
      ];
    }
    const next: State[] = [];
    for (const { reply, db } of this.#effectsOf(state.db, op)) {
      const child = await this.#child(node, mode === 'ok' ? reply : { broken: true });
      const label = `${name}: ${described} ${mode === 'ok' ? '' : `(${mode}) `}${JSON.stringify(reply).slice(0, 200)}`;
      next.push(this.#with(state, index, child, db, { faults, late: state.late, label }));
    }
    return next;
  }

  #with(
    state: State,
    index: number,
    node: number,
    db: number,
    rest: Pick<State, 'faults' | 'late' | 'label'>,
  ): State {
    return {
      ...rest,
      db,
      nodes: replaced(state.nodes, index, node),
      waitsSince: this.#isWaiting(node) ? replaced(state.waitsSince, index, db) : state.waitsSince,
      crashes: state.crashes,
      from: state,
    };
  }

  /** What the operation may do to this state: more than one thing, where it may choose a backup. */
  #effectsOf(db: number, op: Op): Effect[] {
    const key = `${db} ${JSON.stringify(op)}`;
    const known = this.#effects.get(key);
    if (known !== undefined) return known;
    const before = this.#snapshots[db]!;
    const isChoice = this.#world.anyBackup === true && op.method === 'findOneAndUpdate';
    const choices = isChoice ? Math.max(1, matches(before.db, op).length) : 1;
    const effects = Array.from({ length: choices }, (_, pick) => {
      const state = structuredClone(before.db);
      const reply = replyOf(state, op, pick);
      const ghosts = isWrite(op) ? watchGhosts(before, state) : before.ghosts;
      return { reply, db: isWrite(op) ? this.#snapshotId({ db: state, ghosts }) : db };
    });
    this.#effects.set(key, effects);
    return effects;
  }

  /** Everybody is done or dead: what is left must be mended by recovery, and then be right. */
  async #checkEnd({ db, nodes }: State, recovery: number): Promise<string | undefined> {
    const results = nodes.map((node) =>
      node === CRASHED ? undefined : this.#nodes[node]?.stand.result,
    );
    const key = JSON.stringify([db, results]);
    if (this.#ended.has(key)) return this.#ended.get(key);
    let [at, node] = [db, recovery];
    for (let steps = 0; !this.#isOver(node); steps += 1) {
      if (steps > 2_000) return 'recovery does not end';
      const [effect] = this.#effectsOf(at, this.#opOf(node));
      if (effect === undefined) return 'recovery got no reply';
      at = effect.db;
      node = await this.#child(node, effect.reply);
      const wrong = this.#always(at);
      if (wrong !== undefined) return `in recovery: ${wrong}`;
    }
    const result = this.#nodes[node]?.stand.result ?? '';
    const verdict = result.includes('"error"')
      ? `recovery failed: ${result}`
      : this.#rules.finally(this.#snapshots[at]!, this.#world, results);
    this.#ended.set(key, verdict);
    return verdict;
  }

  #always(db: number): string | undefined {
    if (!this.#verdicts.has(db)) {
      this.#verdicts.set(db, this.#rules.always(this.#snapshots[db]!, this.#world));
    }
    return this.#verdicts.get(db);
  }

  #isOver(node: number): boolean {
    return node === CRASHED || this.#nodes[node]?.stand.result !== undefined;
  }

  #isWaiting(node: number): boolean {
    return node !== CRASHED && this.#nodes[node]?.stand.op?.method === 'wait';
  }

  #opOf(node: number): Op {
    const found = this.#nodes[node];
    if (found?.stand.op === undefined) throw new Error('A process that has ended asks nothing');
    const { mutate } = this.#options;
    const spec = this.#specs[found.spec];
    return mutate === undefined || spec === undefined
      ? found.stand.op
      : mutate(found.stand.op, spec);
  }

  async #child(node: number, reply: Reply): Promise<number> {
    const parent = this.#nodes[node]!;
    const key = JSON.stringify(reply);
    const known = parent.children.get(key);
    if (known !== undefined) return known;
    const child = await this.#newNode(parent.spec, parent, reply);
    parent.children.set(key, child);
    return child;
  }

  async #newNode(spec: number, parent?: Node, reply?: Reply): Promise<number> {
    const replies: Reply[] = reply === undefined ? [] : [reply];
    for (let at = parent; at?.reply !== undefined; at = at.parent) replies.unshift(at.reply);
    const stand = await replay(this.#specs[spec]!, replies);
    this.#nodes.push({ spec, parent, reply, stand, children: new Map() });
    return this.#nodes.length - 1;
  }

  #snapshotId(snapshot: Snapshot): number {
    const key = JSON.stringify(snapshot);
    const known = this.#snapshotIds.get(key);
    if (known !== undefined) return known;
    this.#snapshots.push(snapshot);
    this.#snapshotIds.set(key, this.#snapshots.length - 1);
    return this.#snapshots.length - 1;
  }

  /** Whoever has ended is described by what it returned alone. */
  #keyOf({ db, nodes, waitsSince, crashes, faults, late }: State): string {
    const stands = nodes.map((node, index) => {
      if (node === CRASHED) return 'x';
      const { result, op } = this.#nodes[node]?.stand ?? {};
      if (result !== undefined) return result;
      return op?.method === 'wait' ? `${node}w${waitsSince[index]}` : node;
    });
    return `${db}|${stands.join('|')}|${crashes}|${faults}|${late.join('|')}`;
  }
}

function replyOf(state: DbState, op: Op, pick: number): Reply {
  try {
    return { value: execute(state, op, pick) };
  } catch (error) {
    if (error instanceof DuplicateKey) return { duplicate: error.message };
    throw error;
  }
}

/** An operation by what it asks for and changes, without the values. */
function fieldsOf({ collection, method, filter = {}, change = {} }: Op): string {
  const changes = Object.values(change).flatMap((fields) => Object.keys(fields as object));
  return `${method} ${collection} ${Object.keys(filter)} → ${changes}`;
}

function traceOf(state: State): readonly string[] {
  const labels: string[] = [];
  for (let at: State | undefined = state; at !== undefined; at = at.from) labels.unshift(at.label);
  return labels;
}

function replaced(list: readonly number[], place: number, value: number): readonly number[] {
  return list.map((each, index) => (index === place ? value : each));
}
