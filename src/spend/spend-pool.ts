import type { KeyAccess, KeyView } from '../key/key.js';
import type { RotationOutcome } from '../rotation/rotation-store.js';
import type { SpendView } from './spend-probe.js';

/** Why a key is rotated: its budget is used up, or nearly. */
export type OverBudgetReason = 'budget_exceeded' | 'proactive_threshold';

/** News of a key's money, for its view and the pool's events. */
export interface SpendNews {
  /** A new reading. */
  readonly spend?: SpendView;
  /** The key is about to be rotated for this. */
  readonly overBudget?: OverBudgetReason;
  /** What was recorded that the newest reading does not show yet, in its unit. */
  readonly unseen?: number;
}

/** All that a spend checker asks of a pool. `KeyPool` is one. */
export interface SpendPool {
  ready(): Promise<void>;
  keys(): readonly KeyView[];
  key(id: string): KeyAccess | undefined;
  recordSpend(id: string, news: SpendNews): void;
  rotate(id: string, options: { readonly reason: string }): Promise<RotationOutcome>;
  cooldown(id: string, rest: { readonly forMs: number; readonly reason: string }): void;
  enable(id: string): void;
  on(event: SpendPoolEvent, listener: (payload: SpendPoolPayload) => unknown): () => void;
}

/** Events after which a key's money is worth a look. */
export type SpendPoolEvent =
  | 'alreadyRotated'
  | 'cooled'
  | 'exhausted'
  | 'keyAdded'
  | 'keyRemoved'
  | 'rotated';

export interface SpendPoolPayload {
  readonly id: string;
  readonly reason?: string;
  /** The successor's id. */
  readonly to?: string;
}
