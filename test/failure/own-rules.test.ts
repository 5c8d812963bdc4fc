import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.js';
import type { FailureRule } from '../../src/failure/failure.js';
import { KeyPool } from '../../src/pool/key-pool.js';
import { readersFor } from '../../src/provider/readers.js';

const judge = (rules: readonly unknown[], status = 418, body: unknown = { code: 'E_BUSY' }) =>
  classify({
    provider: 'Acme',
    status,
    headers: {},
    body,
    now: 0,
    rules: rules as readonly FailureRule[],
  });

describe('own rules', () => {
  it('come before the built-in ones, in their order', () => {
    const rules: FailureRule[] = [
      { class: 'rate_limited', providers: ['another'] },
      { class: 'overloaded', codes: ['e_busy'], providers: ['acme'], waitMs: 5000 },
      { class: 'invalid_key' },
    ];
    expect(judge(rules)).toEqual({
      class: 'overloaded',
      scope: 'host',
      retryAfterMs: 5000,
      confidence: 'structured',
      code: 'E_BUSY',
    });
    const dead = { error: { code: 'invalid_api_key' } };
    expect(judge([{ class: 'forbidden', statuses: [401] }], 401, dead).class).toBe('forbidden');
  });

  it('keep their class, whatever the wait', () => {
    const body = { error: 'Daily limit. Retry after 7200 seconds.' };
    expect(
      judge([{ class: 'rate_limited', text: /daily/i, scope: 'key' }], 429, body),
    ).toMatchObject({
      class: 'rate_limited',
      scope: 'key',
      retryAfterMs: 7_200_000,
      confidence: 'text',
    });
  });

  it('may say that they hold for every model', () => {
    expect(judge([{ class: 'quota_exhausted', allModels: true }]).allModels).toBe(true);
    expect(judge([{ class: 'forbidden', allModels: true }])).not.toHaveProperty('allModels');
  });

  it('find the same text each time, whatever their flags', () => {
    const rules = [{ class: 'overloaded', text: /busy today/gy }];
    for (let call = 0; call < 3; call += 1) {
      expect(judge(rules, 400, 'Very busy today').class).toBe('overloaded');
    }
  });

  it.each([
    [
      'throw when they are read',
      {
        get class(): never {
          throw new Error('no');
        },
      },
    ],
    ['have an expression that throws', { class: 'overloaded', text: { test: fail, flags: '' } }],
    ['know no such class', { class: 'unheard_of' }],
    ['know no such scope', { class: 'overloaded', scope: 'planet' }],
    ['are none', null],
    ['have a list that is none', { class: 'overloaded', codes: 7 }],
  ])('are passed over where they %s', (_, rule) => {
    const next = { class: 'overloaded', statuses: [418] };
    expect(judge([rule, next]).class).toBe('overloaded');
    expect(judge([rule]).class).toBe('bad_request');
  });

  it('cannot make a wait out of bounds', () => {
    for (const waitMs of [Number.NaN, -1, 1e300, Infinity]) {
      expect(judge([{ class: 'overloaded', waitMs }])).not.toHaveProperty('retryAfterMs');
    }
  });

  it('are not asked about successes', () => {
    expect(judge([{ class: 'invalid_key' }], 200, { ok: true }).class).toBe('ok');
  });

  it('pass through the readers of a preset', () => {
    const { classify: bound } = readersFor('acme');
    const rules: FailureRule[] = [{ class: 'quota_exhausted', providers: ['acme'] }];
    expect(bound({ status: 418, headers: {}, now: 0, rules }).class).toBe('quota_exhausted');
    expect(bound({ status: 418, headers: {}, now: 0 }).class).toBe('bad_request');
  });
});

function fail(): never {
  throw new Error('no');
}

describe('rules for a pool', () => {
  it.each([
    ['x', 'failureRules: expected a list of rules'],
    [[null], 'failureRules[0]: expected an object'],
    [[{ class: 'overload', codes: ['E'] }], 'failureRules[0].class'],
    [[{ class: 'invalid_key', code: ['E'] }], 'failureRules[0]: expected only class'],
    [[{ class: 'invalid_key' }], 'failureRules[0]: expected a condition'],
    [[{ class: 'overloaded', codes: 'E' }], 'failureRules[0].codes'],
    [[{ class: 'overloaded', codes: [] }], 'failureRules[0].codes'],
    [[{ class: 'overloaded', statuses: ['429'] }], 'failureRules[0].statuses'],
    [[{ class: 'overloaded', text: 'busy' }], 'failureRules[0].text'],
    [[{ class: 'overloaded', text: /busy/, scope: 'pool' }], 'failureRules[0].scope'],
    [[{ class: 'rate_limited', text: /busy/, waitMs: -5 }], 'failureRules[0].waitMs'],
  ])('refuses %j', (failureRules, message) => {
    const create = () => Reflect.construct(KeyPool, [{ failureRules }]);
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(create).toThrow(message);
  });
});
