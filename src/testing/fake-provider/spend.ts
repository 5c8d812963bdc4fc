import type { Fault } from './dialect.js';

/** What a key has spent and may spend, in USD, as a LiteLLM proxy keeps it. */
export interface KeySpend {
  readonly spend?: number;
  /** `null`: unlimited. */
  readonly maxBudget?: number | null;
  /** Added by every completion served. @defaultValue 0 */
  readonly perRequest?: number;
}

/** The money of every key: nothing spent and no budget, until the test says otherwise. */
export class SpendLedger {
  readonly #accounts = new Map<string, Required<KeySpend>>();

  /** Fields left out stay as they were. */
  set(key: string, change: KeySpend): void {
    this.#accounts.set(key, { ...this.#of(key), ...change });
  }

  /** Charges one served completion. */
  charge(key: string): void {
    const account = this.#accounts.get(key);
    if (account === undefined || account.perRequest === 0) return;
    this.set(key, { spend: account.spend + account.perRequest });
  }

  /** LiteLLM's refusal of a key that is over its budget: 429 since 2026, 400 before. */
  overBudget(key: string): Fault | undefined {
    const { spend, maxBudget } = this.#of(key);
    if (maxBudget === null || spend < maxBudget) return undefined;
    const message = `Budget has been exceeded! Current cost: ${float(spend)}, Max budget: ${float(maxBudget)}`;
    return { status: 429, type: 'budget_exceeded', message, code: '429' };
  }

  /** The answer to `GET /key/info`. */
  info(key: string): unknown {
    const { spend, maxBudget } = this.#of(key);
    return {
      key,
      info: {
        key_name: `sk-...${key.slice(-4)}`,
        spend,
        max_budget: maxBudget,
        expires: null,
        user_id: null,
        team_id: null,
        budget_duration: null,
        budget_reset_at: null,
      },
    };
  }

  #of(key: string): Required<KeySpend> {
    return this.#accounts.get(key) ?? { spend: 0, maxBudget: null, perRequest: 0 };
  }
}

/** LiteLLM's refusal of a key that it does not know. */
export const unknownToken: Fault = {
  status: 401,
  type: 'token_not_found_in_db',
  message:
    'Authentication Error, Invalid proxy server token passed. Unable to find token in cache or `LiteLLM_VerificationTokenTable`',
  param: 'key',
  code: '401',
};

/** Numbers as Python prints its floats. */
const float = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
