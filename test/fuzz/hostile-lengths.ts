import { classify } from '../../src/failure/classify.js';
import { readLimits } from '../../src/limits/read-limits.js';

/** Nanoseconds per response for a hostile text of some length, wherever a text can stand. */
export interface LengthCost {
  readonly pattern: string;
  /** Time at the longest length over time at an eighth of it: 8 is linear, 64 quadratic. */
  readonly growth: number;
}

const PATTERNS = [
  '9',
  ',',
  '"',
  ';',
  ';w=',
  '"a";q=1,',
  '1h',
  ' ',
  'a',
  '\\"',
  '{"error":',
  '[',
  'try again in 1',
  'on tokens per minute: Limit 1',
  'in organization org-',
  'key: ',
  'bearer ',
  'A1b2',
  'aB\n',
  'sk-',
  '%3D',
  '://',
  'your account ',
  'monthly ',
  'quota reset',
  'insufficient a ',
  'suspended ',
  'tokens ',
];

const LONGEST = 64 * 1024;
const HEADERS = ['ratelimit', 'ratelimit-policy', 'x-ratelimit-limit', 'x-ratelimit-reset', 'date'];

/** How the time grows with the length of each pattern. */
export function costsOfLength(): LengthCost[] {
  return PATTERNS.map((pattern) => {
    const shorter = nanoseconds(pattern, LONGEST / 8);
    return { pattern, growth: nanoseconds(pattern, LONGEST) / shorter };
  });
}

function nanoseconds(pattern: string, length: number): number {
  const text = pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
  const headers = Object.fromEntries(HEADERS.map((name) => [name, text.slice(0, 1024)]));
  const times = Array.from({ length: 15 }, () => {
    const start = process.hrtime.bigint();
    readLimits({ status: 429, headers, body: text, now: 0 });
    readLimits({
      status: 429,
      headers,
      body: JSON.stringify({ error: { message: text } }),
      now: 0,
    });
    classify({ status: 429, headers, body: text, now: 0 });
    classify({ status: 402, headers, body: { errors: [text, { message: text }] }, now: 0 });
    return Number(process.hrtime.bigint() - start);
  });
  return times.sort((a, b) => a - b)[7] ?? 0;
}
