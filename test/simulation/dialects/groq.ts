import { groq as groqProvider } from '../../../src/provider/groq.js';
import type { FakeLimits } from '../../../src/testing/fake-provider/options.js';
import type { LimitState, Shortage } from '../../../src/testing/fake-provider/quota.js';
import {
  DAY_MS,
  dated,
  type Headers,
  MINUTE_MS,
  ratesOf,
  retryAfter,
  type SimulatedDialect,
  whole,
} from './dialect.js';

/** OpenAI's names, but requests are counted per day and tokens per minute. */
export const groq: SimulatedDialect = {
  provider: () => groqProvider(),
  kinds: ['refill'],
  windowsMs: [MINUTE_MS],
  runsWindows: [3, 6],
  namesOrganisation: false,
  isOutputLate: false,

  drawLimits(draw) {
    const { meanInput, meanOutput } = draw;
    const rate = ratesOf(draw);
    const perMinute = rate(1, 10).limit;
    const tokensPerCall = meanInput + meanOutput;
    return {
      limits: {
        requests: { limit: (perMinute * DAY_MS) / MINUTE_MS, windowMs: DAY_MS, kind: 'refill' },
        tokens: rate(tokensPerCall, 6 * tokensPerCall),
      },
    };
  },

  headers: ([snapshot = {}], answer) => ({
    ...limitGroup('requests', snapshot.requests),
    ...limitGroup('tokens', snapshot.tokens),
    'x-groq-region': 'us-west-1',
    ...dated(answer),
  }),

  refusal: (shortage, { organisation }) => ({
    status: 429,
    headers: retryAfter(shortage),
    body: {
      error: {
        message:
          `Rate limit reached for model \`llama-3.3-70b\` in organization \`${organisation}\` ` +
          `service tier \`on_demand\` on ${describe(shortage)}`,
        type: shortage.dimension,
        code: 'rate_limit_exceeded',
      },
    },
  }),
};

/** Where others have spent most of the day's requests: these bind, and come back one by one. */
export const groqSpent: SimulatedDialect = {
  ...groq,
  drawLimits(draw) {
    const { limits } = groq.drawLimits(draw);
    const perDay = limits.requests?.limit ?? 0;
    const left = draw.random.integer([5, Math.round((2 * perDay * MINUTE_MS) / DAY_MS)]);
    return { limits, usedBefore: { requests: perDay - left } };
  },
};

/** Requests per minute are in no header: the caller states them, and the headers a day's. */
export const groqStated: SimulatedDialect = {
  ...groq,
  drawLimits(draw) {
    const stated = { requests: ratesOf(draw)(1, 10) };
    const perDay = (stated.requests.limit * DAY_MS) / MINUTE_MS / draw.random.integer([1, 3]);
    const limits: FakeLimits = {
      requests: { limit: Math.round(perDay), windowMs: DAY_MS, kind: 'refill' },
    };
    return { limits, more: stated, stated };
  },
};

function limitGroup(name: string, state: LimitState | undefined): Headers {
  if (state === undefined) return {};
  return {
    [`x-ratelimit-limit-${name}`]: String(state.rate.limit),
    [`x-ratelimit-remaining-${name}`]: whole(state.level),
    [`x-ratelimit-reset-${name}`]: noisyDuration(state.resetMs),
  };
}

function describe({ dimension, rate, level, need, waitMs }: Shortage): string {
  const time = rate.windowMs === DAY_MS ? 'day' : 'minute';
  const unit = `${dimension} per ${time} (${dimension === 'requests' ? 'RP' : 'TP'}${time === 'day' ? 'D' : 'M'})`;
  const numbers = `Limit ${rate.limit}, Used ${rate.limit - Math.floor(level)}, Requested ${need}`;
  return `${unit}: ${numbers}. Please try again in ${noisyDuration(waitMs)}.`;
}

/** Groq computes in floating point: `17.399999999s` for 17.4 s, `26ms`, `2m59.56s`. */
function noisyDuration(ms: number): string {
  if (ms === 0) return '0s';
  const nanoseconds = Math.max(1, Math.ceil(ms * 1e6) - 1);
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const hours = Math.floor(nanoseconds / 3.6e12);
  const minutes = Math.floor((nanoseconds % 3.6e12) / 6e10);
  const seconds = `${(nanoseconds % 6e10) / 1e9}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
