import { openai as openaiProvider } from '../../../src/provider/openai.js';
import { openai as speaks } from '../../../src/testing/fake-provider/openai.js';
import { dated, MINUTE_MS, requestsAndTokens, type SimulatedDialect } from './dialect.js';

/** Requests and tokens, resets as Go durations: the time until a bucket is full. */
export const openai: SimulatedDialect = {
  provider: () => openaiProvider(),
  kinds: ['refill', 'window'],
  windowsMs: [MINUTE_MS],
  runsWindows: [3, 6],
  namesOrganisation: true,
  isOutputLate: false,
  drawLimits: requestsAndTokens,

  headers: ([snapshot = {}], answer) => ({
    ...speaks.limitHeaders(snapshot),
    ...dated(answer),
    'openai-organization': answer.organisation,
  }),

  refusal(shortage, { organisation }) {
    const { fault, headers } = speaks.refusal(shortage, { organisation, model: 'model' });
    return { status: fault.status, headers, body: speaks.errorBody(fault, 'req_1') };
  },
};
