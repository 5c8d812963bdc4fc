import { anthropic as anthropicProvider } from '../../../src/provider/anthropic.js';
import { anthropic as speaks } from '../../../src/testing/fake-provider/anthropic.js';
import { dated, MINUTE_MS, ratesOf, type SimulatedDialect } from './dialect.js';

/** Four groups per response, resets as instants, output metered while it is written. */
export const anthropic: SimulatedDialect = {
  provider: () => anthropicProvider(),
  kinds: ['refill', 'window'],
  windowsMs: [MINUTE_MS],
  runsWindows: [3, 6],
  namesOrganisation: true,
  isOutputLate: true,

  drawLimits(draw) {
    const rate = ratesOf(draw);
    return {
      limits: {
        requests: rate(1, 10),
        inputTokens: rate(draw.meanInput, 6 * draw.meanInput),
        outputTokens: rate(draw.meanOutput, 6 * draw.meanOutput),
      },
    };
  },

  headers: ([snapshot = {}], answer) => ({
    ...speaks.limitHeaders(snapshot),
    ...dated(answer),
    'anthropic-organization-id': answer.organisation,
  }),

  refusal(shortage, { organisation }) {
    const { fault, headers } = speaks.refusal(shortage, { organisation, model: 'model' });
    return { status: fault.status, headers, body: speaks.errorBody(fault, 'req_1') };
  },
};
