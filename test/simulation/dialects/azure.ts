import { azureOpenai } from '../../../src/provider/openai.js';
import type { LimitState } from '../../../src/testing/fake-provider/quota.js';
import {
  dated,
  type Headers,
  MINUTE_MS,
  requestsAndTokens,
  retryAfter,
  type SimulatedDialect,
  whole,
} from './dialect.js';

/** Azure OpenAI where it writes bare milliseconds and says nothing of who shares the limit. */
export const azure: SimulatedDialect = {
  provider: () => azureOpenai({ baseUrl: 'https://resource.openai.azure.com' }),
  kinds: ['refill'],
  windowsMs: [MINUTE_MS],
  runsWindows: [3, 6],
  namesOrganisation: false,
  isOutputLate: false,
  drawLimits: requestsAndTokens,

  headers: ([snapshot = {}], answer) => ({
    ...limitGroup('requests', snapshot.requests, 1),
    ...limitGroup('tokens', snapshot.tokens, 1),
    'x-ratelimit-abusepenalty-active': 'False',
    ...dated(answer),
  }),

  refusal: (shortage) => ({
    status: 429,
    headers: {
      ...retryAfter(shortage),
      ...(shortage.waitMs < Infinity && { 'retry-after-ms': String(Math.ceil(shortage.waitMs)) }),
    },
    body: refusalBody(shortage.waitMs),
  }),
};

/** The other flavour: `x-ratelimit-key` beside seconds, cut off. */
export const azureSeconds: SimulatedDialect = {
  ...azure,

  headers: ([snapshot = {}], answer) => ({
    'x-ratelimit-key': 'gpt-5-nano',
    ...limitGroup('requests', snapshot.requests, 1_000),
    ...limitGroup('tokens', snapshot.tokens, 1_000),
    'x-ratelimit-abusepenalty-active': 'False',
    ...dated(answer),
  }),

  // Captured beside the seconds: a `Retry-After-Ms` of 0.
  refusal: (shortage) => ({
    status: 429,
    headers: { ...retryAfter(shortage), 'retry-after-ms': '0' },
    body: refusalBody(shortage.waitMs),
  }),
};

function limitGroup(name: string, state: LimitState | undefined, unitMs: number): Headers {
  if (state === undefined) return {};
  return {
    [`x-ratelimit-limit-${name}`]: String(state.rate.limit),
    [`x-ratelimit-remaining-${name}`]: whole(state.level),
    [`x-ratelimit-renewalperiod-${name}`]: String(state.rate.windowMs / 1_000),
    [`x-ratelimit-reset-${name}`]: String(Math.floor(state.resetMs / unitMs)),
  };
}

function refusalBody(waitMs: number): unknown {
  const wait = `Please retry after ${Math.ceil(waitMs / 1_000)} seconds.`;
  const message =
    'Your requests to gpt-5-nano for gpt-5-nano in West US have exceeded the call rate limit for ' +
    `your current AIServices S0 pricing tier. ${waitMs < Infinity ? wait : ''}`;
  return { error: { code: 'RateLimitReached', message } };
}
