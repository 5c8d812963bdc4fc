import { generic } from '../../../src/provider/generic.js';
import type { LimitState, Snapshot } from '../../../src/testing/fake-provider/quota.js';
import {
  dated,
  type Headers,
  MINUTE_MS,
  ratesOf,
  requestsOnly,
  retryAfter,
  type SimulatedDialect,
  whole,
} from './dialect.js';

/** The IETF's header fields from draft 08 on: one structured list for policies, one for what is left. */
export const ietf: SimulatedDialect = {
  provider: () => generic({ name: 'ietf' }),
  kinds: ['refill', 'window'],
  windowsMs: [MINUTE_MS],
  runsWindows: [3, 6],
  namesOrganisation: false,
  isOutputLate: false,
  drawLimits: requestsOnly,

  headers(snapshots, answer) {
    const states = statesOf(snapshots);
    const policies = states.map(
      ([name, { rate }]) => `"${name}";q=${rate.limit};w=${rate.windowMs / 1_000}`,
    );
    const levels = states.map(
      ([name, state]) => `"${name}";r=${whole(state.level)};t=${secondsToReset(state)}`,
    );
    return {
      'ratelimit-policy': policies.join(', '),
      ratelimit: levels.join(', '),
      ...dated(answer),
    };
  },

  refusal: (shortage) => ({
    status: 429,
    headers: retryAfter(shortage),
    body: { type: 'https://iana.org/assignments/http-problem-types#quota-exceeded' },
  }),
};

/** The same with a second policy of ten seconds: whichever is short holds. */
export const ietfTwoPolicies: SimulatedDialect = {
  ...ietf,
  drawLimits(draw) {
    const { limits } = requestsOnly(draw);
    const burst = ratesOf({ ...draw, windowMs: 10_000 })(1, 10);
    // A sixth of a minute's calls in a sixth of a minute, at the least: either may bind.
    const limit = Math.max(4, Math.round(burst.limit / 3));
    return { limits, more: { requests: { ...burst, limit } } };
  },
};

/** Draft 06: the trio, and the policy beside it. */
export const ietf06: SimulatedDialect = {
  ...ietf,
  headers: ([{ requests } = {}], answer) => ({
    ...(requests && {
      ...trio(requests, String(requests.rate.limit)),
      'ratelimit-policy': `${requests.rate.limit};w=${requests.rate.windowMs / 1_000}`,
    }),
    ...dated(answer),
  }),
};

/** Draft 03: the policy is a second member of the limit. */
export const ietf03: SimulatedDialect = {
  ...ietf,
  headers([{ requests } = {}], answer) {
    if (requests === undefined) return dated(answer);
    const { limit, windowMs } = requests.rate;
    return { ...trio(requests, `${limit}, ${limit};w=${windowMs / 1_000}`), ...dated(answer) };
  },
};

function trio(state: LimitState, limit: string): Headers {
  return {
    'ratelimit-limit': limit,
    'ratelimit-remaining': whole(state.level),
    'ratelimit-reset': String(secondsToReset(state)),
  };
}

function statesOf(snapshots: readonly Snapshot[]): [name: string, state: LimitState][] {
  const names = ['default', 'burst'];
  return snapshots.flatMap(({ requests }, index) => {
    const name = names[index];
    return requests === undefined || name === undefined ? [] : [[name, requests]];
  });
}

/** A window must not seem to end before it does. */
function secondsToReset({ resetMs }: LimitState): number {
  return Math.ceil(resetMs / 1_000);
}
