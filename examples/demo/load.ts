import type { MeanCost } from './capacity.js';
import { DURATION_MS } from './scenario.js';

/** About twice as many as the limits allow; the table says exactly. */
const CALLS = 700;
/** Share of the calls that are there at once; the others come evenly. */
const BURST = 0.4;

/** Most calls are small, a few are large: inclusive bounds of their input and `max_tokens`. */
const sizes = [
  { share: 0.6, inputTokens: [100, 1_200], maxTokens: [20, 100] },
  { share: 0.3, inputTokens: [1_200, 3_000], maxTokens: [60, 200] },
  { share: 0.1, inputTokens: [3_000, 4_000], maxTokens: [150, 300] },
] as const;

/** One call to Anthropic's Messages API. */
export interface DemoCall {
  /** When it is made, in milliseconds after the start. */
  readonly atMs: number;
  readonly body: {
    readonly model: string;
    readonly max_tokens: number;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  };
  readonly inputTokens: number;
  /** How long the answer will be; the caller knows `max_tokens` only. */
  readonly outputTokens: number;
}

/** The same mixed calls every time, for every contestant. */
export function drawLoad(): readonly DemoCall[] {
  const random = seeded(2026);
  return Array.from({ length: CALLS }, (_, index) => {
    const size = pickSize(random());
    const inputTokens = between(size.inputTokens, random());
    const maxTokens = between(size.maxTokens, random());
    return {
      atMs: DURATION_MS * Math.max(0, (index / CALLS - BURST) / (1 - BURST)),
      body: {
        model: 'claude-sonnet-4-5',
        max_tokens: maxTokens,
        // The fake provider counts four characters as a token.
        messages: [{ role: 'user', content: 'word'.repeat(inputTokens) }],
      },
      inputTokens,
      outputTokens: between([1, maxTokens], 0.3 + 0.7 * random()),
    };
  });
}

/** What the calls take on average. */
export function meanCost(calls: readonly DemoCall[]): MeanCost {
  const mean = (pick: (call: DemoCall) => number) =>
    calls.reduce((sum, call) => sum + pick(call), 0) / calls.length;
  const inputTokens = mean((call) => call.inputTokens);
  const outputTokens = mean((call) => call.outputTokens);
  return { requests: 1, inputTokens, outputTokens, tokens: inputTokens + outputTokens };
}

function pickSize(draw: number): (typeof sizes)[number] {
  let below = 0;
  for (const size of sizes) {
    below += size.share;
    if (draw < below) return size;
  }
  return sizes[0];
}

const between = ([min, max]: readonly [number, number], draw: number): number =>
  min + Math.floor(draw * (max - min + 1));

/** Numbers in [0, 1), always the same: a linear congruential generator (Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
