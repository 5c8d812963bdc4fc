import type { Secret } from '../core/secret.js';
import type { Dimension } from '../key/key.js';
import type { ResponseFacts } from '../limits/limit-update.js';

/** What a response says of the key, the group, the host or the caller. */
export type FailureClass =
  | 'ok'
  | 'rate_limited'
  | 'overloaded'
  | 'server_error'
  | 'quota_exhausted'
  | 'budget_exceeded'
  | 'invalid_key'
  | 'forbidden'
  | 'bad_request';

/** On whom the failure acts. */
export type FailureScope = 'none' | 'key' | 'group' | 'host';

export interface Failure {
  readonly class: FailureClass;
  readonly scope: FailureScope;
  /** Whether a refusal is known to hold for every model, not only for the one that was called. */
  readonly allModels?: boolean;
  /** What ran out, where the response names one thing. */
  readonly dimension?: Dimension;
  /** The wait the provider demands. */
  readonly retryAfterMs?: number;
  /** `structured`: a code or type said so. `text`: only words did. `status`: only the status did. */
  readonly confidence: 'structured' | 'text' | 'status';
  /** The provider's own code or type. */
  readonly code?: string;
  /** The provider's message, with anything that looks like a credential removed. */
  readonly message?: string;
}

/** A response to be classified. */
export interface FailureFacts extends ResponseFacts {
  /** A preset's name, for words that mean different things at different providers. */
  readonly provider?: string;
  /** Epoch milliseconds at which the response arrived. */
  readonly now: number;
  /** Your own rules, asked in their order before the built-in ones. */
  readonly rules?: readonly FailureRule[];
  /** The key that was used: where the response repeats it, neither code nor message shows it. */
  readonly secret?: Secret | undefined;
}

/**
 * One sign of one class: `{ class: 'overloaded', providers: ['acme'], codes: ['E_BUSY'] }`. Every
 * condition that is given must hold; of `codes` and `text`, one is enough. Only failures are asked
 * about: a success is one unless its body reports an error.
 */
export interface FailureRule {
  readonly class: FailureClass;
  /**
   * On whom it acts.
   * @defaultValue the class's own: the key for `invalid_key` and `budget_exceeded`, the group for
   * limits, the host for what the provider itself fails at, else nobody
   */
  readonly scope?: FailureScope;
  /** That it holds for every model, not only for the one that was called. */
  readonly allModels?: boolean;
  /** Any of these codes, types or reasons, in any case. Believed at once. */
  readonly codes?: readonly string[];
  /**
   * In the messages, at most 64 KiB of them: keep it linear. The flags `g` and `y` have no effect.
   * Words, like a bare status, park a key only when a second failure confirms them.
   */
  readonly text?: RegExp;
  /** HTTP statuses; 0 for an error in the body of a success that names no status. */
  readonly statuses?: readonly number[];
  /** Names of presets, in any case. */
  readonly providers?: readonly string[];
  /** The wait in milliseconds where the response names none; only for what ends by itself. */
  readonly waitMs?: number;
}
