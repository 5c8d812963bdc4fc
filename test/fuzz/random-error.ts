import { readFileSync } from 'node:fs';
import type { FailureFacts, FailureRule } from '../../src/failure/failure.js';
import type { Random } from '../../src/testing/fake-provider/random.js';
import { damage, pick } from './pieces.js';
import { randomResponse } from './random-response.js';

interface Recorded {
  readonly provider: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../failure/recorded-errors.json', import.meta.url), 'utf8'),
);
const TEXTS = recorded.map(({ body }) => (typeof body === 'string' ? body : JSON.stringify(body)));
const WORDS = [
  ...['insufficient balance', 'rate limit reached', 'invalid api key', 'usage limit', 'resets at'],
  ...['suspended', 'your account ', 'tokens per minute', 'try again in 9', 'PerDay', '余额不足'],
];
const STATUSES = [200, 200, 400, 401, 402, 403, 404, 412, 413, 422, 424, 429, 429, 500, 503, 529];
const FIELDS = ['error', 'errors', 'detail', 'message', 'code', 'type', 'base_resp', 'extensions'];
const RULES: readonly FailureRule[] = [
  { class: 'overloaded', text: /overl/gy, waitMs: Number.NaN },
  { class: 'quota_exhausted', codes: ['PRECONDITION_FAILED'], scope: 'key', waitMs: 1e300 },
];

/** A response that reports an error, as recorded, damaged or put together, or that only looks so. */
export function randomError(random: Random): FailureFacts {
  const { provider, status, headers, body } = pick(random, recorded);
  const other = random.next() < 0.2 ? randomResponse(random).headers : headers;
  return {
    ...(random.next() < 0.3 ? {} : { provider }),
    status: random.next() < 0.5 ? status : pick(random, [...STATUSES, 0, -1, Number.NaN]),
    headers: random.next() < 0.02 ? hostile() : other,
    body: randomBody(random, body),
    now: Date.UTC(2026, 0, 1),
    ...(random.next() < 0.2 ? { rules: RULES } : {}),
  };
}

function randomBody(random: Random, body: unknown): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const kind = random.next();
  if (kind < 0.3) return body;
  if (kind < 0.45) return text;
  if (kind < 0.65) return damage(random, text);
  if (kind < 0.75) return inEvents(random, text);
  if (kind < 0.85) return { error: { message: damage(random, text), code: pick(random, WORDS) } };
  if (kind < 0.97) return composed(random, 4);
  return kind < 0.98 ? cyclic(text) : kind < 0.999 ? hostile() : large(random);
}

export function inEvents(random: Random, data: string): string {
  const event = pick(random, ['event: error\n', 'event: response.failed\n', '', 'id: 1\n']);
  const before = pick(random, ['', 'data: {"delta":"x"}\n\n', ': ping\n\n', 'retry: 10\n\n']);
  return `${before}${event}data: ${data.replace(/\n/g, ' ')}\n\n`;
}

/** Objects and lists of what error bodies are made of, in any arrangement. */
function composed(random: Random, depth: number): unknown {
  const kind = random.next();
  if (depth === 0 || kind < 0.3) return pick(random, [...WORDS, ...TEXTS, 1e300, -1, null, true]);
  const parts = Array.from({ length: random.integer([0, 4]) }, () => composed(random, depth - 1));
  if (kind < 0.5) return parts;
  return Object.fromEntries(parts.map((part) => [pick(random, FIELDS), part]));
}

function cyclic(text: string): unknown {
  const body: Record<string, unknown> = { message: text };
  body['error'] = body;
  body['errors'] = [body, body];
  return body;
}

function hostile(): Record<string, string> {
  const fail = () => {
    throw new Error('no');
  };
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail });
}

function large(random: Random): string {
  const text = `${pick(random, TEXTS)} ${pick(random, WORDS)}`;
  return text.repeat(Math.ceil(1_000_000 / text.length));
}
