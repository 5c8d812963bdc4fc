import type { ServerResponse } from 'node:http';
import type { Account } from './account.js';
import type { Dialect, Fault, Headers } from './dialect.js';
import { sendJson } from './http.js';
import { errorBody } from './openai-faults.js';
import type { State } from './state.js';
import type { Outcome, Tally } from './tally.js';

/** One call to a completion endpoint, and the words it is answered in. */
export class Call {
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly key: string | undefined;
  /** `undefined`: the key is missing or nobody's. */
  readonly account: Account | undefined;
  readonly #state: State;
  readonly #receivedAt: number;
  readonly #requestId: string;
  readonly #tallies: readonly Tally[];

  constructor(state: State, response: ServerResponse, dialect: Dialect, key: string | undefined) {
    this.response = response;
    this.dialect = dialect;
    this.key = key;
    this.account = state.accountOf(key);
    this.#state = state;
    this.#receivedAt = state.settings.clock.now();
    this.#requestId = state.random.id('req_01');
    const ofKey = key === undefined ? undefined : this.account?.keys.get(key);
    this.#tallies = [state.tally, this.account?.tally, ofKey].filter((each) => each !== undefined);
    for (const tally of this.#tallies) tally.receive();
  }

  /** Sends the provider's error and counts the outcome. */
  fail(outcome: Outcome, fault: Fault, headers: Headers = {}): void {
    const body = this.dialect.errorBody(fault, this.#requestId);
    sendJson(this.response, fault.status, body, { ...this.headers(), ...headers });
    this.end(outcome);
  }

  /** The same in the words of a LiteLLM proxy, whatever the endpoint. */
  failAsProxy(outcome: Outcome, fault: Fault): void {
    sendJson(this.response, fault.status, errorBody(fault), this.headers());
    this.end(outcome);
  }

  /** Headers of every answer. */
  headers(): Headers {
    const now = this.#state.settings.clock.now();
    return {
      date: new Date(now).toUTCString(),
      ...this.dialect.commonHeaders({
        organisation: this.account?.id,
        requestId: this.#requestId,
        elapsedMs: now - this.#receivedAt,
      }),
    };
  }

  end(outcome: Outcome): void {
    for (const tally of this.#tallies) tally.end(outcome);
  }

  overrun(dimensions: Parameters<Tally['overrun']>[0]): void {
    for (const tally of this.#tallies) tally.overrun(dimensions);
  }
}
