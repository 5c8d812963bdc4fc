import { mistral as mistralProvider } from '../../../src/provider/mistral.js';
import type { LimitState } from '../../../src/testing/fake-provider/quota.js';
import {
  dated,
  type Headers,
  MINUTE_MS,
  requestsAndTokens,
  type SimulatedDialect,
  whole,
} from './dialect.js';

/** Limit and remaining alone, the window in the name: minutes by the wall clock. */
export const mistral: SimulatedDialect = {
  provider: () => mistralProvider(),
  kinds: ['window'],
  windowsMs: [MINUTE_MS],
  // Where the windows end is not said, so the first of them goes by.
  runsWindows: [12, 18],
  namesOrganisation: false,
  isOutputLate: false,
  drawLimits: requestsAndTokens,

  headers: ([snapshot = {}], answer) => ({
    ...limitPair('req', snapshot.requests),
    ...limitPair('tokens', snapshot.tokens),
    ...(snapshot.tokens === undefined ? {} : { 'x-ratelimit-tokens-query-cost': '15' }),
    ...dated(answer),
  }),

  refusal: () => ({
    status: 429,
    headers: {},
    body: {
      object: 'error',
      message: 'Rate limit exceeded',
      type: 'rate_limited',
      param: null,
      code: '1300',
    },
  }),
};

function limitPair(name: string, state: LimitState | undefined): Headers {
  if (state === undefined) return {};
  return {
    [`x-ratelimit-limit-${name}-minute`]: String(state.rate.limit),
    [`x-ratelimit-remaining-${name}-minute`]: whole(state.level),
  };
}
