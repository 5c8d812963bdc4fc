import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/limits/read-limits.js';

const now = Date.UTC(2026, 0, 1);
const read = (headers: Record<string, string>, provider?: string) =>
  readLimits({ status: 200, headers, now, ...(provider === undefined ? {} : { provider }) });

const anthropicTriple = (name: string, limit: string, remaining: string, reset: string) => ({
  [`anthropic-ratelimit-${name}-limit`]: limit,
  [`anthropic-ratelimit-${name}-remaining`]: remaining,
  [`anthropic-ratelimit-${name}-reset`]: reset,
});

const openaiTriple = (name: string, limit: string, remaining: string, reset: string) => ({
  [`x-ratelimit-limit-${name}`]: limit,
  [`x-ratelimit-remaining-${name}`]: remaining,
  [`x-ratelimit-reset-${name}`]: reset,
});

describe('Anthropic', () => {
  it('anchors resets to the response’s Date, not to a skewed clock', () => {
    const { requests } = read({
      date: 'Thu, 01 Jan 2026 05:00:00 GMT',
      ...anthropicTriple('requests', '50', '0', '2026-01-01T05:01:00Z'),
    });
    expect(requests).toEqual({ limit: 50, remaining: 0, resetAt: now + 60_000 });
  });

  it('takes a reset in the past for now', () => {
    const { requests } = read(anthropicTriple('requests', '50', '49', '2025-12-31T23:59:50Z'));
    expect(requests?.resetAt).toBe(now);
  });

  it('marks the combined tokens as derived unless their limit differs from the sum', () => {
    const parts = {
      ...anthropicTriple('input-tokens', '200000', '126000', '2026-01-01T00:00:21Z'),
      ...anthropicTriple('output-tokens', '80000', '59000', '2026-01-01T00:00:14Z'),
    };
    const reset = '2026-01-01T00:00:14Z';
    const sum = read({ ...parts, ...anthropicTriple('tokens', '280000', '185000', reset) });
    const workspace = read({ ...parts, ...anthropicTriple('tokens', '90000', '1000', reset) });
    expect(sum.tokens?.derived).toBe(true);
    expect(workspace.tokens?.derived).toBeUndefined();
    expect(read(anthropicTriple('tokens', '280000', '1', reset)).tokens?.derived).toBeUndefined();
  });

  it('leaves absent groups untouched and states no window', () => {
    const update = read(anthropicTriple('input-tokens', '100', '50', '2026-01-01T00:00:30Z'));
    expect(Object.keys(update)).toEqual(['inputTokens']);
    expect(update.inputTokens?.windowMs).toBeUndefined();
  });

  it('keeps priority and fast capacity apart from the ordinary limits', () => {
    const { extra, ...ordinary } = read(
      {
        'anthropic-priority-input-tokens-limit': '10000',
        'anthropic-priority-input-tokens-remaining': '0',
        'anthropic-fast-output-tokens-limit': '500',
      },
      'anthropic',
    );
    expect(ordinary).toEqual({});
    expect(extra).toEqual({
      priorityInputTokens: { limit: 10_000, remaining: 0 },
      fastOutputTokens: { limit: 500 },
    });
  });

  it('reads a subscription’s resets, never a limit out of its share', () => {
    const update = read({
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-5h-reset': '1767225660',
      'anthropic-ratelimit-unified-5h-utilization': '1.0',
      'anthropic-organization-id': 'org-1',
    });
    expect(update).toEqual({
      extra: { unified5h: { resetAt: now + 60_000, windowMs: 18_000_000 } },
      group: 'org-1',
    });
  });
});

describe('OpenAI', () => {
  it('reads limits, infers the day, and names dimensions of its own', () => {
    const update = read({
      ...openaiTriple('requests', '10000', '9991', '1m13.588s'),
      ...openaiTriple('tokens', '200000', '199961', '11ms'),
      ...openaiTriple('project-tokens', '1000000', '990000', '250ms'),
    });
    expect(update.requests).toEqual({
      limit: 10_000,
      remaining: 9991,
      resetAt: now + 73_588,
      windowMs: 86_400_000,
      isInferred: true,
    });
    expect(update.tokens?.resetAt).toBe(now + 11);
    expect(update.extra).toEqual({
      projectTokens: { limit: 1_000_000, remaining: 990_000, resetAt: now + 250 },
    });
  });

  it('trusts the first member where another header was joined to the value', () => {
    expect(read(openaiTriple('tokens', '10', '10', '0s, req_b17')).tokens?.resetAt).toBe(now);
  });

  it('takes the tighter of parallel members', () => {
    const { requests } = read(openaiTriple('requests', '100, 50', '99, 3', '1s, 2s'));
    expect(requests).toMatchObject({ limit: 50, remaining: 3, resetAt: now + 2000 });
  });

  it('takes no bare number for a reset', () => {
    expect(read(openaiTriple('tokens', '10', '5', '59')).tokens).toEqual({
      limit: 10,
      remaining: 5,
    });
  });

  it('takes -1 without a reset ahead for unknown, with one for overdrawn', () => {
    expect(read(openaiTriple('tokens', '-1', '-1', '0'))).toEqual({});
    expect(read({ 'x-ratelimit-remaining-tokens': '-1' })).toEqual({});
    expect(read(openaiTriple('tokens', '', '-1', '59s')).tokens?.remaining).toBe(-1);
  });

  it('groups by organisation, and by project where there is one', () => {
    expect(read({ 'openai-organization': 'acme' }, 'openai').group).toBe('acme');
    const headers = { 'openai-organization': 'acme', 'openai-project': 'proj_1' };
    expect(read(headers, 'openai').group).toBe('acme/proj_1');
    expect(read({ 'openai-organization': 'a\u0000b' }, 'openai').group).toBeUndefined();
  });

  it('behind LiteLLM takes the upstream’s resets but not its organisation', () => {
    const update = read({
      'x-ratelimit-limit-requests': '15000',
      'llm_provider-x-ratelimit-limit-requests': '15000',
      'llm_provider-x-ratelimit-reset-requests': '4ms',
      'llm_provider-openai-organization': 'theirs',
    });
    expect(update).toEqual({ requests: { limit: 15_000, resetAt: now + 4 } });
  });
});

describe('Azure OpenAI', () => {
  const azure = (headers: Record<string, string>) => read(headers, 'azure-openai');
  const period = { 'x-ratelimit-renewalperiod-tokens': '60' };

  it('tells milliseconds from seconds by what was used', () => {
    const ms = azure({ ...period, ...openaiTriple('tokens', '120', '119', '500') });
    const s = azure({ ...period, ...openaiTriple('tokens', '120', '60', '30') });
    expect(ms.tokens).toEqual({
      limit: 120,
      remaining: 119,
      resetAt: now + 500,
      windowMs: 60_000,
      kind: 'refill',
    });
    expect(s.tokens?.resetAt).toBe(now + 30_000);
  });

  it('takes seconds where the version with a key speaks', () => {
    const update = azure({ 'x-ratelimit-key': 'gpt-5', ...openaiTriple('tokens', '9', '8', '6') });
    expect(update.tokens?.resetAt).toBe(now + 6000);
    // A deployment's name: other keys, of other resources, may have one alike.
    expect(update.group).toBeUndefined();
  });

  it('takes seconds for a full reset that would else precede the retry', () => {
    const headers = { 'x-ratelimit-reset-tokens': '59', 'retry-after': '30' };
    const { tokens } = readLimits({ provider: 'azure', status: 429, headers, now });
    expect(tokens?.resetAt).toBe(now + 59_000);
  });

  it('says no reset where neither unit is likely', () => {
    expect(azure(openaiTriple('tokens', '100', '100', '59')).tokens?.resetAt).toBeUndefined();
    expect(azure({ 'x-ratelimit-reset-tokens': '59' }).tokens).toBeUndefined();
  });

  it('reads the misspelt reset of some 429s', () => {
    expect(azure({ 'x-rate-limit-reset-tokens': '55' }).tokens).toEqual({ resetAt: now + 55_000 });
  });
});

describe('the generic trio', () => {
  const trio = (name: string, reset: string) =>
    read({ [`${name}-limit`]: '10', [`${name}-reset`]: reset });

  it('reads seconds, epochs and dates', () => {
    for (const reset of ['30', '1767225630', '1767225630000', '2026-01-01T00:00:30Z']) {
      expect(trio('X-RateLimit', reset).requests).toEqual({ limit: 10, resetAt: now + 30_000 });
    }
  });

  it('says no reset where the unit of a bare delta is in doubt', () => {
    expect(trio('X-RateLimit', '600000').requests).toEqual({ limit: 10 });
    expect(trio('X-Rate-Limit', '600').requests).toEqual({ limit: 10 });
    expect(trio('RateLimit', '600000').requests?.resetAt).toBe(now + 600_000_000);
  });

  it('prefers Discord’s reset that needs no clock', () => {
    const headers = { 'x-ratelimit-reset': '1767999999.5', 'x-ratelimit-reset-after': '0.234' };
    expect(read(headers).requests?.resetAt).toBe(now + 234);
  });
});
