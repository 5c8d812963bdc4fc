/** Why a call can or cannot be served now, key by key. */
export interface Explanation {
  readonly ready: boolean;
  /** When the first key can serve it, in epoch milliseconds; absent when nothing known tells. */
  readonly retryAt?: number;
  readonly keys: readonly KeyExplanation[];
  /** Keys left out of an error's explanation, which names 20 at most. */
  readonly omitted?: number;
}

export interface KeyExplanation {
  readonly id: string;
  readonly ready: boolean;
  readonly reason: ExplanationReason;
  /** Epoch milliseconds; absent when nothing known tells. */
  readonly readyAt?: number;
  /** The same in words. */
  readonly sentence: string;
}

export type ExplanationReason =
  | 'ready'
  | 'disabled'
  | 'draining'
  | 'exhausted'
  | 'excluded'
  | 'cooling'
  | 'cost-exceeds-limit'
  | 'limited'
  | 'in-flight'
  | 'kept';
