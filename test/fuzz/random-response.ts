import { readFileSync } from 'node:fs';
import { FAMILIES, VOCABULARY } from '../../src/limits/families/all.js';
import type { Random } from '../../src/testing/fake-provider/random.js';
import { damage, PIECES, pick } from './pieces.js';

/** A response as hostile as the wire allows. */
export interface RandomResponse {
  readonly provider: string | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Recorded {
  readonly provider: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../limits/recorded-headers.json', import.meta.url), 'utf8'),
);

const NAMES = [
  ...VOCABULARY.keys(),
  'x-ratelimit-limit-tokens-minute',
  'x-ratelimit-remaining-req-10-second',
  'x-ratelimit-reset-requests-day',
  'x-ratelimit-limit-9999-month',
  'x-ratelimit-reset-ms',
  'x-rate-limit-time-window-ms',
  'x-rate-limit-interval',
  'x-user-rate-limit-max',
  'anthropic-ratelimit-unified-5h-reset',
  'anthropic-ratelimit-unified-9999d_x-reset',
  'llm_provider-x-ratelimit-limit-requests',
  'llm_provider-ratelimit',
  'X-RateLimit-Limit-__proto__',
];
const PROVIDERS = [undefined, 'nobody', ...FAMILIES.flatMap(({ providers }) => providers)];
const STATUSES = [200, 200, 201, 400, 403, 429, 429, 500, 503, 529, 0, -1, Number.NaN];

const TEXTS = [
  'Rate limit reached for gpt-4 in organization org-x on tokens per min (TPM): Limit 7000, Used 0, Requested ~12903. Please try again in 50.6s.',
  'Please retry after 86400 seconds.',
  'try again in 9'.repeat(9),
];

/** Half are recorded responses with some damage, half are put together from pieces. */
export function randomResponse(random: Random): RandomResponse {
  return random.next() < 0.5 ? damaged(random) : composed(random);
}

function damaged(random: Random): RandomResponse {
  const { provider, status, headers, body } = pick(random, recorded);
  const damagedHeaders = Object.entries(headers).map(([name, value]) => [
    random.next() < 0.05 ? pick(random, NAMES) : name,
    random.next() < 0.3 ? damage(random, String(value)) : String(value),
  ]);
  return {
    provider: random.next() < 0.3 ? pick(random, PROVIDERS) : provider,
    status: random.next() < 0.3 ? pick(random, STATUSES) : status,
    headers: Object.fromEntries(damagedHeaders),
    body: body === undefined || random.next() < 0.5 ? body : damage(random, body),
  };
}

function composed(random: Random): RandomResponse {
  const count = random.integer([0, 12]);
  const headers: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) headers[pick(random, NAMES)] = value(random);
  return {
    provider: pick(random, PROVIDERS),
    status: pick(random, STATUSES),
    headers,
    body: random.next() < 0.7 ? undefined : composedBody(random),
  };
}

function value(random: Random): string {
  let text = pick(random, PIECES);
  while (random.next() < 0.3) text += pick(random, PIECES);
  return text;
}

function composedBody(random: Random): string {
  const error = {
    message: pick(random, TEXTS) + value(random),
    retry_after: random.next() < 0.5 ? Number(value(random)) : value(random),
    metadata: { headers: { 'X-RateLimit-Reset': value(random) } },
    details: [
      { violations: [{ quotaId: `RequestsPer${value(random)}`, quotaValue: value(random) }] },
      { retryDelay: value(random) },
    ],
  };
  const text = JSON.stringify(random.next() < 0.2 ? [{ error }] : { error });
  return random.next() < 0.3 ? damage(random, text) : text;
}
