import type { Dimension } from '../../key/key.js';
import type { CallNames, Headers, Refusal } from './dialect.js';
import type { LimitState, Shortage, Snapshot } from './quota.js';

/** Four groups, each of limit, remaining and reset; a limit that is not set has none. */
export function limitHeaders(snapshot: Snapshot): Headers {
  const headers: Record<string, string> = {};
  for (const [name, state] of headerGroups(snapshot)) {
    headers[`anthropic-ratelimit-${name}-limit`] = String(state.limit);
    headers[`anthropic-ratelimit-${name}-remaining`] = String(state.remaining);
    headers[`anthropic-ratelimit-${name}-reset`] = state.reset;
  }
  return headers;
}

interface HeaderGroup {
  readonly limit: number;
  readonly remaining: number;
  readonly reset: string;
}

function headerGroups(snapshot: Snapshot): [name: string, group: HeaderGroup][] {
  const requests = group('requests', snapshot.requests);
  const input = group('inputTokens', snapshot.inputTokens);
  const output = group('outputTokens', snapshot.outputTokens);
  const tokens = group('tokens', snapshot.tokens) ?? sum(input, output);
  const groups: [string, HeaderGroup | undefined][] = [
    ['requests', requests],
    ['input-tokens', input],
    ['output-tokens', output],
    ['tokens', tokens],
  ];
  return groups.flatMap(([name, each]) => (each === undefined ? [] : [[name, each]]));
}

function group(dimension: Dimension, state: LimitState | undefined): HeaderGroup | undefined {
  if (state === undefined) return undefined;
  const { limit, kind } = state.rate;
  const level = Math.max(0, state.level);
  // Tokens come in thousands ("rounded to the nearest thousand"), too coarse for test-sized limits.
  const isRounded = dimension !== 'requests' && limit >= 10_000;
  const remaining = isRounded ? Math.round(level / 1000) * 1000 : Math.floor(level);
  // Instants have whole seconds. A window must not seem to end before it does.
  const second = kind === 'window' ? Math.ceil : Math.floor;
  const reset = new Date(second(state.wholeAt / 1000) * 1000).toISOString();
  return { limit, remaining, reset: reset.replace('.000Z', 'Z') };
}

/** Without a limit on `tokens` of its own (a workspace's), that group is derived from the others. */
function sum(a: HeaderGroup | undefined, b: HeaderGroup | undefined): HeaderGroup | undefined {
  if (a === undefined || b === undefined) return undefined;
  return {
    limit: a.limit + b.limit,
    remaining: a.remaining + b.remaining,
    reset: a.reset < b.reset ? a.reset : b.reset,
  };
}

/** The 429 of a call that a limit cannot admit. */
export function refusal(shortage: Shortage, { organisation, model }: CallNames): Refusal {
  const message =
    `This request would exceed your organization's rate limit of ${describe(shortage)} ` +
    `(org: ${organisation}, model: ${model}). For details, refer to: ` +
    'https://docs.claude.com/en/api/rate-limits. You can see the response headers for current ' +
    'usage. Please reduce the prompt length or the maximum tokens requested, or try again later. ' +
    'You may also contact sales at https://claude.com/contact-sales to discuss your options for a ' +
    'rate limit increase.';
  return {
    fault: { status: 429, type: 'rate_limit_error', message },
    headers: retryHeaders(shortage),
  };
}

function retryHeaders({ waitMs }: Shortage): Headers {
  // A request above its limit never fits: no wait would be true.
  if (waitMs === Infinity) return {};
  return { 'retry-after': String(Math.ceil(waitMs / 1000)), 'x-should-retry': 'true' };
}

/** `30,000 input tokens per minute`. */
function describe({ dimension, rate: { limit, windowMs } }: Shortage): string {
  const period = periods.get(windowMs) ?? `${windowMs} ms`;
  return `${limit.toLocaleString('en-US')} ${units[dimension]} per ${period}`;
}

const periods: ReadonlyMap<number, string> = new Map([
  [1000, 'second'],
  [60_000, 'minute'],
  [3_600_000, 'hour'],
  [86_400_000, 'day'],
]);

const units: Readonly<Record<Dimension, string>> = {
  requests: 'requests',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  tokens: 'tokens',
};
