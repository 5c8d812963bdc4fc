import type { Failure, FailureFacts } from '../failure/failure.js';
import type { Dimension, LimitKind } from '../key/key.js';
import type { LimitUpdate, ResponseFacts } from '../limits/limit-update.js';

/** What a pool should know of one provider; `anthropic()` and the other presets return one. */
export interface Provider {
  /** Passed to the readers: `anthropic`, `openai`, … */
  readonly name: string;
  /**
   * Origins that may receive the keys, such as `https://api.anthropic.com`: for the caller's code to
   * build addresses from, or to check them. The pool enforces nothing; statistics and events name the first.
   */
  readonly origins: readonly string[];
  /** The header that carries the credential. */
  readonly authHeader: { readonly name: string; format(secret: string): string };
  /** The models that share one limit; by default every model has its own. */
  modelClass(model: string): string;
  /** What the response says of limits. `now`: epoch milliseconds of its arrival. */
  readLimits(facts: ResponseFacts & { readonly now: number }): LimitUpdate;
  classify(facts: FailureFacts): Failure;
  /** What a request will cost, for callers that do not state it. */
  estimate(body: unknown): CostEstimate;
  /** The real cost in a complete response body or one streamed event; `undefined` where silent. */
  readUsage(body: unknown): CostEstimate | undefined;
  /** The window and kind of a limit whose headers state neither. */
  readonly defaults: Readonly<Partial<Record<Dimension, { windowMs: number; kind: LimitKind }>>>;
  /**
   * Dimensions the provider charges while it answers, not when it admits: their reservation stays
   * pending until it is settled.
   */
  readonly meteredLate: readonly Dimension[];
}

export interface CostEstimate {
  readonly model?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly tokens?: number;
}
