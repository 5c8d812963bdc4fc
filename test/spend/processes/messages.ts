import type { SpendOutcome } from '../../../src/spend/report.js';

/** Which pool a process has to check; `leave`: it is done with it. */
export interface Order {
  readonly uri: string;
  readonly database: string;
  /** The provider's. */
  readonly baseUrl: string;
}

export type Message = Order | 'leave';

export type News =
  /** Has no pool. */
  | { readonly kind: 'ready' }
  /** What `checkAll` reported. */
  | { readonly kind: 'checked'; readonly outcomes: Readonly<Record<string, SpendOutcome>> }
  /** The keys of its pool, once none of them is exhausted. */
  | { readonly kind: 'whole'; readonly keyIds: readonly string[] };
