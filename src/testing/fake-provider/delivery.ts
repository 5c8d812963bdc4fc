import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/clock.js';
import { type Answer, type Dialect, type Headers, textOf } from './dialect.js';
import type { Outcome } from './tally.js';
import { until } from './until.js';

/** One admitted answer on its way to the caller. */
export interface Delivery {
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly answer: Answer;
  /** Asked for when the head is sent. */
  headers(): Headers;
  readonly clock: Clock;
  /** When the first token is due, in epoch milliseconds. */
  readonly startsAt: number;
  readonly tokensPerSecond: number;
  /** Breaks off halfway. */
  readonly isDropped: boolean;
  /** Told of tokens at the instant they are written. */
  meter(tokens: number): void;
}

/** Tokens at full speed come in bites of this size; at a given speed, as many as fit in `TICK_MS`. */
const BITE_TOKENS = 32;
const TICK_MS = 20;

/** Writes the answer as server-sent events, at its pace. */
export async function deliverStream(delivery: Delivery): Promise<Outcome> {
  const { response, dialect, answer, isDropped } = delivery;
  if (!(await isDue(delivery, 0))) return 'abandoned';
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...delivery.headers(),
  });
  response.write(dialect.opening(answer));
  const tokens = isDropped ? Math.floor(answer.outputTokens / 2) : answer.outputTokens;
  const bite = biteOf(delivery.tokensPerSecond);
  for (let written = 0; written < tokens; ) {
    const next = Math.min(bite, tokens - written);
    written += next;
    if (!(await isDue(delivery, written))) return 'abandoned';
    delivery.meter(next);
    response.write(dialect.delta(answer, textOf(next)));
  }
  if (isDropped) return breakOff(response);
  return finish(response, dialect.closing(answer));
}

/** Writes the answer in one piece, once all its tokens are there. */
export async function deliverWhole(delivery: Delivery): Promise<Outcome> {
  const { response, dialect, answer, isDropped } = delivery;
  if (!(await isDue(delivery, answer.outputTokens))) return 'abandoned';
  delivery.meter(answer.outputTokens);
  const body = JSON.stringify(dialect.whole(answer));
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...delivery.headers(),
  });
  if (!isDropped) return finish(response, body);
  response.write(body.slice(0, body.length / 2));
  return breakOff(response);
}

function finish(response: ServerResponse, text: string): Outcome {
  response.end(text);
  return 'served';
}

/** Closes the connection once what was written so far has left. */
function breakOff(response: ServerResponse): Outcome {
  response.socket?.destroySoon();
  return 'misbehaved';
}

const biteOf = (tokensPerSecond: number): number =>
  tokensPerSecond === Infinity
    ? BITE_TOKENS
    : Math.max(1, Math.round((tokensPerSecond * TICK_MS) / 1000));

/** Waits until so many tokens are due; `false` as soon as the caller has hung up. */
function isDue(delivery: Delivery, tokens: number): Promise<boolean> | boolean {
  const { response, clock, startsAt, tokensPerSecond } = delivery;
  return until(clock, startsAt + (tokens / tokensPerSecond) * 1000, response);
}
