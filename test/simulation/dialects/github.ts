import { github as githubProvider } from '../../../src/provider/github.js';
import {
  dated,
  HOUR_MS,
  MINUTE_MS,
  requestsOnly,
  type SimulatedDialect,
  whole,
} from './dialect.js';

/** A fixed window per resource, of an hour (core) or a minute (search), that ends at a stated instant. */
export const github: SimulatedDialect = {
  provider: () => githubProvider(),
  kinds: ['window'],
  windowsMs: [MINUTE_MS, HOUR_MS],
  // Of a first window that ends at once, nothing can be used: more of them make it weigh less.
  runsWindows: [6, 9],
  namesOrganisation: false,
  isOutputLate: false,
  drawLimits: requestsOnly,

  headers([{ requests } = {}], answer) {
    if (requests === undefined) return dated(answer);
    const { limit, windowMs } = requests.rate;
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': whole(requests.level),
      'x-ratelimit-used': String(limit - Math.floor(requests.level)),
      'x-ratelimit-reset': String(Math.ceil(requests.wholeAt / 1_000)),
      'x-ratelimit-resource': windowMs === HOUR_MS ? 'core' : 'search',
      ...dated(answer),
    };
  },

  // Both are documented, and neither says how long to wait.
  refusal: (_shortage, { now }) => ({
    status: now % 2 === 0 ? 403 : 429,
    headers: {},
    body: {
      message: 'API rate limit exceeded for user ID 1.',
      documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
    },
  }),
};
