import type { Fields } from './documents.js';
import type { ActiveHook, Call } from './hooks.js';

/** Before the command is applied, or after it and before its answer. */
export type When = 'before' | 'after';

/** What goes wrong. */
export type Fault =
  /** Nothing; the hook only tells that the command came. */
  | { readonly kind: 'pass'; readonly when?: When }
  /** The request is lost: not applied, never answered. */
  | { readonly kind: 'dropRequest' }
  /** The command is applied and its answer lost. */
  | { readonly kind: 'dropReply' }
  /** The connection closes, without an answer. */
  | { readonly kind: 'close'; readonly when: When }
  /** An error for an answer, whether or not the command has been applied. */
  | {
      readonly kind: 'fail';
      readonly when?: When;
      readonly code: number;
      readonly codeName?: string;
      readonly message?: string;
      readonly labels?: readonly string[];
    }
  /** The answer says that the write concern was not met. */
  | { readonly kind: 'failWriteConcern'; readonly code: number; readonly message?: string }
  /** The command waits until the hook's `release()`. */
  | { readonly kind: 'block'; readonly when: When }
  /** SIGKILL for the client, whose `appName` is `pid:` and its process id. */
  | { readonly kind: 'kill'; readonly when: When }
  /** SIGSTOP for the client; SIGCONT, and the rest of the command, at `release()`. */
  | { readonly kind: 'stop'; readonly when: When };

/** How the command goes on after a fault. */
export type Course =
  | { readonly kind: 'goOn' }
  | { readonly kind: 'answer'; readonly reply: Fields }
  | { readonly kind: 'amend'; readonly fields: Fields }
  | { readonly kind: 'silence' }
  | { readonly kind: 'close' };

const goOn: Course = { kind: 'goOn' };
const silence: Course = { kind: 'silence' };

export function whenOf(fault: Fault): When {
  if (fault.kind === 'dropRequest') return 'before';
  if (fault.kind === 'dropReply' || fault.kind === 'failWriteConcern') return 'after';
  return fault.when ?? 'before';
}

/** Lets the hook's fault strike; waits as long as the fault holds the command. */
export async function strike(hook: ActiveHook, call: Call): Promise<Course> {
  const { fault } = hook;
  if (fault.kind === 'kill') signal(call, 'SIGKILL');
  if (fault.kind === 'stop') signal(call, 'SIGSTOP');
  hook.struck();
  if (fault.kind === 'block' || fault.kind === 'stop') await hook.gate.passed;
  if (fault.kind === 'stop') signal(call, 'SIGCONT');
  return courseAfter(fault);
}

function courseAfter(fault: Fault): Course {
  switch (fault.kind) {
    case 'pass':
    case 'block':
    case 'stop':
      return goOn;
    case 'dropRequest':
    case 'dropReply':
    case 'kill':
      return silence;
    case 'close':
      return { kind: 'close' };
    case 'failWriteConcern': {
      const { code, message = 'The test says so' } = fault;
      return { kind: 'amend', fields: { writeConcernError: { code, errmsg: message } } };
    }
    case 'fail': {
      const { code, codeName = `Error${code}`, message = 'The test says so', labels } = fault;
      const errorLabels = labels && { errorLabels: labels };
      return { kind: 'answer', reply: { ok: 0, code, codeName, errmsg: message, ...errorLabels } };
    }
  }
}

function signal({ appName = '' }: Call, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  const pid = Number(/^pid:(\d+)$/.exec(appName)?.[1]);
  if (!(pid > 1) || pid === process.pid) {
    throw new Error(`Expected appName "pid:" and the id of another process, got "${appName}"`);
  }
  process.kill(pid, name);
}
