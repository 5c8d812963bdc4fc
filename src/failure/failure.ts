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
}
