import type { DemoCall } from './load.js';
import { organisationOf } from './scenario.js';

/** What one contestant's calls met with. */
export interface Count {
  readonly served: number;
  /** 429s of calls sent before their organisation's limits could be known. */
  readonly early429: number;
  /** 429s of calls sent after its first response was there. */
  readonly late429: number;
  /** Answers that were neither good nor a 429. */
  readonly otherAnswers: number;
  /** Milliseconds from asking to the sending of the attempt that was served, in ascending order. */
  readonly waits: readonly number[];
}

/** Sends a contestant's requests, and notes how each is answered. */
export class Referee {
  readonly #url: string;
  readonly #hasResponse = new Set<string>();
  readonly #waits: number[] = [];
  #early429 = 0;
  #late429 = 0;
  #otherAnswers = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** `askedAt`: when the caller came, in milliseconds of `performance.now()`. */
  async send(call: DemoCall, secret: string, askedAt: number): Promise<Response> {
    const organisation = organisationOf(secret);
    const isEarly = !this.#hasResponse.has(organisation);
    const waitedMs = performance.now() - askedAt;
    const response = await fetch(`${this.#url}/v1/messages`, requestOf(call, secret));
    this.#hasResponse.add(organisation);
    if (response.ok) this.#waits.push(waitedMs);
    else if (response.status !== 429) this.#otherAnswers += 1;
    else if (isEarly) this.#early429 += 1;
    else this.#late429 += 1;
    return response;
  }

  count(): Count {
    return {
      served: this.#waits.length,
      early429: this.#early429,
      late429: this.#late429,
      otherAnswers: this.#otherAnswers,
      waits: [...this.#waits].sort((a, b) => a - b),
    };
  }
}

function requestOf({ body, outputTokens }: DemoCall, secret: string): RequestInit {
  return {
    method: 'POST',
    headers: {
      'x-api-key': secret,
      'content-type': 'application/json',
      'x-fake-output-tokens': String(outputTokens),
    },
    body: JSON.stringify(body),
  };
}
