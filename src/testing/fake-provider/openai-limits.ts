import type { Dimension } from '../../key/key.js';
import type { CallNames, Headers, Refusal } from './dialect.js';
import { goDuration } from './go-duration.js';
import type { LimitState, Shortage, Snapshot } from './quota.js';

/** Two groups; limits on input or output alone are enforced but have no headers at OpenAI. */
export function limitHeaders({ requests, tokens }: Snapshot): Headers {
  return { ...limitGroup('requests', requests), ...limitGroup('tokens', tokens) };
}

/** The 429 of a call that a limit cannot admit. */
export function refusal(shortage: Shortage, { organisation, model }: CallNames): Refusal {
  const { dimension, rate, level, need, waitMs } = shortage;
  const where = `for ${model} in organization ${organisation} on ${describe(shortage)}`;
  const more = 'Visit https://platform.openai.com/account/rate-limits to learn more.';
  const requested = need === 'any' ? 1 : need;
  const message =
    waitMs === Infinity
      ? `Request too large ${where}: Limit ${rate.limit}, Requested ${requested}. ` +
        `The input or output tokens must be reduced in order to run successfully. ${more}`
      : `Rate limit reached ${where}: Limit ${rate.limit}, ` +
        `Used ${rate.limit - Math.floor(level)}, Requested ${requested}. ` +
        `Please try again in ${goDuration(Math.ceil(waitMs))}. ${more}`;
  const type = dimension === 'requests' ? 'requests' : 'tokens';
  return {
    fault: { status: 429, type, message, code: 'rate_limit_exceeded' },
    headers: retryHeaders(waitMs),
  };
}

/** Resets are the time to full, cut to milliseconds; a window's, the time to its end. */
function limitGroup(name: string, state: LimitState | undefined): Headers {
  if (state === undefined) return {};
  const resetMs =
    state.rate.kind === 'window' ? Math.ceil(state.resetMs) : Math.floor(state.resetMs);
  return {
    [`x-ratelimit-limit-${name}`]: String(state.rate.limit),
    [`x-ratelimit-remaining-${name}`]: String(Math.max(0, Math.floor(state.level))),
    [`x-ratelimit-reset-${name}`]: goDuration(resetMs),
  };
}

function retryHeaders(waitMs: number): Headers {
  // A request above its limit never fits: no wait would be true.
  if (waitMs === Infinity) return {};
  return {
    'retry-after-ms': String(Math.ceil(waitMs)),
    'retry-after': String(Math.ceil(waitMs / 1000)),
  };
}

/** `tokens per min (TPM)`. */
function describe({ dimension, rate }: Shortage): string {
  const unit = units[dimension];
  const period = periods.get(rate.windowMs);
  if (period === undefined) return `${unit} per ${goDuration(rate.windowMs)}`;
  const letters = dimension === 'requests' ? 'RP' : 'TP';
  return `${unit} per ${period} (${letters}${period.charAt(0).toUpperCase()})`;
}

const units: Readonly<Record<Dimension, string>> = {
  requests: 'requests',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  tokens: 'tokens',
};

const periods: ReadonlyMap<number, string> = new Map([
  [1000, 'sec'],
  [60_000, 'min'],
  [3_600_000, 'hour'],
  [86_400_000, 'day'],
]);
