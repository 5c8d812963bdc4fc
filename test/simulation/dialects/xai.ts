import { xai as xaiProvider } from '../../../src/provider/xai.js';
import type { LimitState } from '../../../src/testing/fake-provider/quota.js';
import {
  dated,
  type Headers,
  MINUTE_MS,
  requestsAndTokens,
  type SimulatedDialect,
} from './dialect.js';

/** Names its limits, but `remaining` never moves and there is no reset: here they are refilled. */
export const xai: SimulatedDialect = {
  provider: () => xaiProvider(),
  kinds: ['refill'],
  windowsMs: [MINUTE_MS],
  runsWindows: [3, 6],
  namesOrganisation: false,
  isOutputLate: false,
  drawLimits: requestsAndTokens,

  headers: ([snapshot = {}], answer) => ({
    ...limitPair('requests', snapshot.requests),
    ...limitPair('tokens', snapshot.tokens),
    ...dated(answer),
  }),

  refusal: () => ({
    status: 429,
    headers: {},
    body: {
      code: 'Some resource has been exhausted',
      error: 'Too many requests. Please slow down.',
    },
  }),
};

/** The same over windows, which nothing tells: the rate has to be found by trying. */
export const xaiWindows: SimulatedDialect = {
  ...xai,
  kinds: ['window'],
  runsWindows: [14, 20],
};

function limitPair(name: string, state: LimitState | undefined): Headers {
  if (state === undefined) return {};
  const limit = String(state.rate.limit);
  return { [`x-ratelimit-limit-${name}`]: limit, [`x-ratelimit-remaining-${name}`]: limit };
}
