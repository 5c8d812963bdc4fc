import type { FailureClass } from '../failure/failure.js';
import type { Verdict } from './lease.js';

export interface RouteOptions {
  /** Ids of keys that the caller will not have. */
  readonly exclude: readonly string[] | undefined;
  readonly retries: number;
  readonly moves: number;
  /** Ids of the keys that share limits with this one, itself included. */
  readonly keysSharingLimits: (id: string) => readonly string[];
  /** Whether a key that is not excluded may serve, now or later. */
  readonly hasOther: (excluded: ReadonlySet<string>) => boolean;
}

/** When another try is to be made, if at all. */
export type NextTry = 'at once' | 'after a pause' | 'nowhere';

/** Where `run` goes after failures: on to other keys, round again after the last, or nowhere. */
export class Route {
  readonly #options: RouteOptions;
  #retries: number;
  #moves: number;
  #excluded: Set<string>;
  /** Keys that were turned down themselves: to ask them again would be to ask the same. */
  readonly #turnedDown = new Set<string>();

  constructor(options: RouteOptions) {
    this.#options = options;
    this.#retries = options.retries;
    this.#moves = options.moves;
    this.#excluded = new Set(options.exclude);
  }

  /** Ids of the keys that the next try should not go to. */
  get excluded(): ReadonlySet<string> {
    return this.#excluded;
  }

  /** Where to go after the key's failure. */
  next({ failure, action }: Verdict, id: string): NextTry {
    for (const each of this.#sharers(failure, action, id)) this.#excluded.add(each);
    if (isOfKey(failure.class) && action === 'cooled') this.#turnedDown.add(id);
    const canMove = !isOfHost(failure.class) && this.#options.hasOther(this.#excluded);
    if (canMove) {
      this.#moves -= 1;
      return this.#moves < 0 ? 'nowhere' : 'at once';
    }
    this.#retries -= 1;
    if (this.#retries < 0 || isOfKey(failure.class)) return 'nowhere';
    this.#excluded = new Set([...(this.#options.exclude ?? []), ...this.#turnedDown]);
    return action === 'none' ? 'after a pause' : 'at once';
  }

  /** The keys that share what failed. */
  #sharers(
    { class: failure, scope }: Verdict['failure'],
    action: Verdict['action'],
    id: string,
  ): readonly string[] {
    // A parked key serves nobody: to list thousands of them would only cost.
    const isGone = action === 'parked' || action === 'rotating';
    if (isOfHost(failure) || isGone) return [];
    return isOfKey(failure) || scope === 'key' ? [id] : this.#options.keysSharingLimits(id);
  }
}

function isOfKey(failure: FailureClass): boolean {
  return failure === 'invalid_key' || failure === 'budget_exceeded';
}

function isOfHost(failure: FailureClass): boolean {
  return failure === 'overloaded' || failure === 'server_error';
}
