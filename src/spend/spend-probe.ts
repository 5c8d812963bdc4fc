import type { Secret } from '../core/secret.js';

/** Whose money a figure is about. */
export type SpendScope = 'key' | 'account' | 'team' | 'user';

/** One budget. A figure that is not stated is absent, never 0. */
export interface SpendFigures {
  /** In the reading's unit, since the budget last began anew. */
  readonly spent?: number;
  /** The budget; `null`: there is none. Absent: unknown. */
  readonly limit?: number | null;
  readonly remaining?: number;
  readonly scope: SpendScope;
  /** When the budget begins anew, in epoch milliseconds. */
  readonly resetsAt?: number;
}

/** What a provider says of money at one instant. */
export interface SpendReading extends SpendFigures {
  /** `usd`, `cny`, `credits`, …: figures of different units are never compared. */
  readonly unit: string;
  /** Further budgets that the key's calls are paid from: all of them hold. @defaultValue none */
  readonly others?: readonly SpendFigures[];
  /** Of which instant the figures are, in epoch milliseconds. */
  readonly asOf: number;
  /** The provider says that the budget is used up, with figures or without. */
  readonly exceeded?: boolean;
}

/** The key whose money is asked about. */
export interface SpendProbeKey {
  readonly id: string;
  readonly secret: Secret;
  readonly labels: Readonly<Record<string, string>>;
}

export interface SpendProbeContext {
  /** Fires when nobody waits for the answer any more, as at the timeout and when the checker stops. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Asks a provider what a key has spent. What it throws says nothing against the key. */
export interface SpendProbe {
  (key: SpendProbeKey, context: SpendProbeContext): Promise<SpendReading>;
  /** Milliseconds by which the provider's counter may be late. @defaultValue 60_000 */
  readonly lagMs?: number;
  /** Milliseconds that the provider wants between two questions about a key. @defaultValue 0 */
  readonly minIntervalMs?: number;
}

/** The newest reading of a key, as views show it. */
export interface SpendView extends SpendReading {
  /** The account that its keys share, as the checker was told. */
  readonly account?: string;
}
