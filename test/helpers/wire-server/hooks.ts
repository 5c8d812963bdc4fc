import { nameOf } from './command.js';
import type { Fields } from './documents.js';
import type { Fault } from './faults.js';
import { Gate } from './gate.js';

/** Which commands a fault strikes; what is left out matches all. */
export interface Hook {
  /** As on the wire: `find`, `findAndModify`, `update`, … */
  readonly command?: string | readonly string[];
  readonly collection?: string;
  /** The `appName` of the client's URI. */
  readonly appName?: string;
  readonly where?: (command: Fields) => boolean;
  /** The first match to strike, counted from 1. @defaultValue 1 */
  readonly nth?: number;
  /** How many matches to strike. @defaultValue 1 */
  readonly times?: number;
  readonly fault: Fault;
}

/** A hook in place: tells when it strikes, and lets go of whom it holds. */
export interface HookHandle {
  /** How often the fault has struck. */
  readonly hits: number;
  /** Resolves once the fault has struck so many times. */
  reached(count?: number): Promise<void>;
  /** Lets go of everything blocked or stopped, now and later. */
  release(): void;
  /** Strikes no more. What is held stays held. */
  remove(): void;
}

/** One command that is being answered, as hooks see it. */
export interface Call {
  readonly command: Fields;
  readonly appName: string | undefined;
}

/** A hook with its count of matches and hits. */
export class ActiveHook implements HookHandle {
  readonly fault: Fault;
  readonly gate = new Gate();
  readonly #hook: Hook;
  #matches = 0;
  #hits = 0;
  #isRemoved = false;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(hook: Hook) {
    this.#hook = hook;
    this.fault = hook.fault;
  }

  get hits(): number {
    return this.#hits;
  }

  /** Whether the fault is to strike this call; counts the match. */
  claim(call: Call): boolean {
    if (this.#isRemoved || !matches(this.#hook, call)) return false;
    const { nth = 1, times = 1 } = this.#hook;
    this.#matches += 1;
    return this.#matches >= nth && this.#matches < nth + times;
  }

  struck(): void {
    this.#hits += 1;
    for (const { count, resolve } of this.#waiting) if (count <= this.#hits) resolve();
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#hits);
  }

  reached(count = 1): Promise<void> {
    if (this.#hits >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
    });
  }

  release(): void {
    this.gate.open();
  }

  remove(): void {
    this.#isRemoved = true;
  }
}

function matches(hook: Hook, { command, appName }: Call): boolean {
  const name = nameOf(command);
  if (hook.command !== undefined && ![hook.command].flat().includes(name)) return false;
  if (hook.collection !== undefined && collectionOf(command) !== hook.collection) return false;
  if (hook.appName !== undefined && hook.appName !== appName) return false;
  return hook.where?.(command) ?? true;
}

/** `getMore` names its collection in a field of its own. */
const collectionOf = (command: Fields): unknown =>
  'getMore' in command ? command['collection'] : command[nameOf(command)];
