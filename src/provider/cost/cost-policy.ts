import type { CostEstimate } from '../provider.js';

/** What is reserved of a request with so much input and, perhaps, a ceiling on its output. */
export type CostPolicy = (inputTokens: number, ceiling: number | undefined) => CostEstimate;

/** Output a request is expected to have where its ceiling allows more. */
const EXPECTED_OUTPUT_TOKENS = 1024;

/**
 * Input, and the output to be expected: where a ceiling does not count, and where nobody says
 * whether it does. Reserving a raw ceiling of 128,000 would wait for nothing.
 */
export const expectedOutput: CostPolicy = (inputTokens, ceiling = Infinity) => ({
  inputTokens,
  outputTokens: Math.min(ceiling, EXPECTED_OUTPUT_TOKENS),
});

/** The larger of ceiling and input. */
export const ceilingOrInput: CostPolicy = (inputTokens, ceiling = 0) => ({
  inputTokens,
  tokens: Math.max(ceiling, inputTokens),
});

/** Input and ceiling together; the ceiling is `most` where the request states none, or more. */
export const inputAndCeiling =
  (most: number): CostPolicy =>
  (inputTokens, ceiling = most) => ({ inputTokens, outputTokens: Math.min(ceiling, most) });

/** As expected, but of the tokens that are counted together only the input is. */
export const inputAlone: CostPolicy = (inputTokens, ceiling) => ({
  ...expectedOutput(inputTokens, ceiling),
  tokens: inputTokens,
});
