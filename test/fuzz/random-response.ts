import { readFileSync } from 'node:fs';
import { FAMILIES, VOCABULARY } from '../../src/limits/families/all.js';
import type { Random } from '../../src/testing/fake-provider/random.js';

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
  'anthropic-ratelimit-unified-5h-reset',
  'anthropic-ratelimit-unified-9999d_x-reset',
  'llm_provider-x-ratelimit-limit-requests',
  'llm_provider-ratelimit',
  'X-RateLimit-Limit-__proto__',
];
const PROVIDERS = [undefined, 'nobody', ...FAMILIES.flatMap(({ providers }) => providers)];
const STATUSES = [200, 200, 201, 400, 403, 429, 429, 500, 503, 529, 0, -1, Number.NaN];

/** Pieces that have broken parsers. */
const PIECES = [
  ...['0', '-0', '1', '-1', '60', '100', '1e3', '0x10', '0.0', '0.00', '1.000', '1.5', '30,000'],
  ...['9'.repeat(15), '9'.repeat(20), '9'.repeat(400), '1767225630', '1767225630000', '1e999'],
  ...['NaN', 'Infinity', 'null', 'undefined', '٣', '', ' ', '\t', '-', '+5', '١٢'],
  ...['6m0s', '1h1h', '24h6m34s', `${'9'.repeat(30)}h`, '1ns', 'PT1M30S', `P${'9'.repeat(20)}D`],
  ...[
    '2026-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '2026-13-45T99:99:99Z',
  ],
  ...[
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Thu Jan  1 00:01:00 2026',
    'Thursday, 01-Jan-26 00:01:00 GMT',
  ],
  ...['"a";r=5;t=9', '"a";q=5;w=60', '"a";q=-5;w=-60', 'limit=1, remaining=2, reset=3', '100;w=60'],
  ...[
    '"',
    '""',
    '\\"',
    ';',
    ';;',
    '=',
    ',',
    ', , ,',
    ';w=',
    ';q=',
    ':c2Vj:',
    '@1',
    '?1',
    '%"x"',
    '(1 2)',
  ],
  ...['burst:100;rate:10', '1/40', '40/1', '/', '1/', '100, 100;w=60', '__proto__', 'constructor'],
];

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

/** Cuts, doubles, swaps or splices one place of a text. */
function damage(random: Random, text: string): string {
  const at = random.integer([0, text.length]);
  const end = random.integer([at, text.length]);
  const [before, inner, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
  const choices = [
    before,
    before + after,
    before + inner + inner + after,
    before + pick(random, PIECES) + after,
    before + pick(random, PIECES) + inner + after,
    inner + before + after,
    text.toUpperCase(),
    text.repeat(3),
  ];
  return pick(random, choices);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random.next() * items.length)] as Item;
}
