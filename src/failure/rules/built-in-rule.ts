import type { FailureRule } from '../failure.js';

/** A rule with conditions that only the built-in ones need; codes and providers in lower case. */
export interface BuiltInRule extends FailureRule {
  /** Codes by their form, where providers spell one thing in many ways. */
  readonly codePattern?: RegExp;
  /** Only below this status: past it a gateway speaks of its own upstream. */
  readonly below?: number;
  readonly exceptProviders?: readonly string[];
  /** Only where the body names the provider upstream whose error it passes on. */
  readonly isRelayed?: true;
  /** What the messages say, where no expression could tell. */
  readonly when?: (text: string) => boolean;
}
