import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scrub } from '../../src/failure/scrub.js';
import { property } from '../helpers/proof.js';

it.each([
  'Incorrect API key provided: sk-wrong****-key. You can find it',
  'sk-ant-api03-abcDEF123_-x',
  'Authorization: Bearer abcdef123456',
  "Consumer 'api_key:AIzaSyA1234567890abcdefghijklmnopqrstuv' has been suspended",
  'https://serp.example/?api_key=0123456789abcdef&q=1',
  'https://user:hunter22@proxy.example/',
  'token: "q1w2e3r4t5y6"',
  'gsk_abcdefghijkl1234',
  'xai-0123456789abcdef',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
  'k 4f9c2b7d8e1a6035c4d2e9f81b7a3c60',
  'AUTHORIZATION: TOKEN q1w2e3r4t5y6',
  'the API key `q1w2e3r4t5y6` is unknown',
  'x-api-key: 4f9c2b7d-8e1a-6035-c4d2-e9f81b7a3c60',
  '{\\"apiKey\\":\\"q1w2e3r4t5y6\\"}',
  'key%3Dq1w2e3r4t5y6%26a',
  'Refused: 4f9c2b7d8e1a6035c4d2e9f81b7a\n3c60aabb',
  'https://user:hunt\ner22@proxy.example/',
])('removes the credential from %j', (text) => {
  const scrubbed = scrub(text);
  expect(scrubbed).toContain('[redacted]');
  expect(scrubbed).not.toMatch(
    /wrong|abcDEF|abcdef123456|AIzaSy|0123456789abcdef|hunter22|q1w2e3|abcdefghijkl|eyJ|4f9c2b/,
  );
});

it.each([
  'Rate limit reached for gpt-4o-2024-08-06 on tokens per min (TPM): Limit 30000, Used 29937.',
  'model: claude-3-5-sonnet-20241022 not found',
  'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
  'See https://platform.openai.com/docs/guides/error-codes/api-errors.',
  'Missing Authentication header',
  'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
  'Qwen/Qwen3-Coder-480B-A35B-Instruct',
  'accounts/fireworks/models/llama-v3p1-70b-instruct',
  'us.anthropic.claude-sonnet-4-20250514-v1:0',
  'nvidia/NVIDIA-Nemotron-3.5-Lightning-30B-A3B-BF16',
  'request req_011CcR9mkMvXdaiWP4739PSN of organization org-uOtiSEwvUnroadaOnJJquBEC',
  'Function 0dccdde6-f924-4f1b-bb3b-92ef846e0a5b is not found',
  'Your Basic subscription needs Bearer authentication; the token is missing',
  'max token: 8192, not 128000',
  'online_prediction_input_tokens_per_minute_per_base_model',
])('leaves %j as it is', (text) => {
  expect(scrub(text)).toBe(text);
});

it('keeps a message to one line of 500 characters', () => {
  expect(scrub('a\nb\u0000c\u2028d')).toBe('a b c d');
  expect(scrub('word '.repeat(100_000)).length).toBeLessThanOrEqual(500);
});

it('shows no half of a key that the bound cuts in two', () => {
  const key = `sk-${'aB3'.repeat(20)}`;
  for (let before = 4000; before < 4096; before += 1) {
    expect(scrub(`${'='.repeat(before)} ${key}`)).not.toContain('aB3');
  }
});

const secret = fc.stringMatching(/^[A-Za-z0-9]{24,64}$/).filter((text) => /\d/.test(text));

property(
  'no key behind its name or prefix survives, whatever surrounds it',
  [fc.string(), secret, fc.string(), fc.constantFrom('sk-', 'Bearer ', 'api_key=', 'API key: ')],
  (before, key, after, mark) => {
    expect(scrub(`${before} ${mark}${key} ${after}`)).not.toContain(key);
  },
  { numRuns: 1000 },
);
