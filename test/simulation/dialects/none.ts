import { generic } from '../../../src/provider/generic.js';
import { MINUTE_MS, ratesOf, type SimulatedDialect } from './dialect.js';

/** Says nothing at all: no headers, and a bare 429. */
export const none: SimulatedDialect = {
  provider: () => generic({ meteredLate: [] }),
  kinds: ['refill', 'window'],
  windowsMs: [MINUTE_MS],
  // The rate can only be found by trying, which takes a while.
  runsWindows: [20, 30],
  namesOrganisation: false,
  isOutputLate: false,
  drawLimits: (draw) => ({ limits: { requests: ratesOf(draw)(1, 10) } }),
  headers: () => ({}),
  refusal: () => ({ status: 429, headers: {}, body: undefined }),
};
