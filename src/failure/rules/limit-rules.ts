import type { BuiltInRule } from './built-in-rule.js';

export const CAPACITY_RULES: readonly BuiltInRule[] = [
  {
    class: 'overloaded',
    codes: [
      'slow_down', // OpenAI, 503
      'nocapacity', // Azure
      'model_capacity_exhausted', // Gemini, as 429
      'modelnotreadyexception', // Bedrock, as 429
      'serviceunavailableexception',
    ],
    // `overloaded_error` (Anthropic, 529), `engine_overloaded_error` (Moonshot), `ServerOverloaded`
    // (Volcengine), `system_busy` (ElevenLabs), `queue_exceeded` (Cerebras), these as 429.
    codePattern:
      /overload(?:ed)?(?:_?(?:error|exception))?$|(?:server|system|service|engine|model)_?(?:is_?)?busy$|^queue_?(?:full|exceeded)$/i,
  },
  {
    class: 'overloaded',
    statuses: [429, 500, 502, 503, 529],
    text: /\boverloaded\b|at capacity|no capacity|capacity exceeded|high demand|\b(?:server|system|service|engine|model)s? (?:is |are )?(?:currently |too ){0,2}busy\b|\b(?:experiencing|due to|because of) (?:\w{1,20} ){0,2}(?:overload|traffic|load)\b(?! (?:from|on|by) (?:your|this))|generative-ai\/docs\/error-code-429|访问量过大|(?:系统|服务器?)繁忙/i,
  },
];

export const LIMIT_RULES: readonly BuiltInRule[] = [
  // Providers say "rate limit" for a throttle and "usage limit" for the quota of a plan.
  {
    class: 'quota_exhausted',
    statuses: [402, 403, 429],
    text: /\busage (?:limit|cap)s?\b[^.\n]{0,40} (?:reached|exceeded|exhausted)|\b(?:reached|exceeded|exceeds|hit)\b[^.\n]{0,40} usage (?:limit|cap)\b|\breached the set (?:\w{1,20} )?limit\b|使用上限/i,
  },
  {
    class: 'quota_exhausted',
    statuses: [401, 403, 429],
    text: /\bfree (?:\w{1,20} ){1,6}(?:exceeded|exhausted|used up)\b/i,
  },
  // A wait over an hour makes a quota of these; see classify.ts.
  {
    class: 'rate_limited',
    below: 500,
    codePattern: /rate_?limit|throttl|too_?many_?requests|^lock_timeout$/i,
  },
  { class: 'rate_limited', providers: ['minimax'], codes: ['1002'] },
  // GitHub documents a minute for its secondary limits, which hold for all of the API.
  {
    class: 'rate_limited',
    allModels: true,
    statuses: [403, 429],
    text: /secondary rate limit|abuse detection mechanism/i,
    waitMs: 60_000,
  },
  // 0: in the body of a success.
  {
    class: 'rate_limited',
    statuses: [0, 400, 401, 402, 403],
    text: /\b(?:rate|request) limit (?:has been |was )?(?:exceeded|reached)|^rate limit$|too many requests/im,
  },

  // What is left of the codes.
  { class: 'forbidden', below: 500, codes: ['permission_error'] }, // Anthropic
  {
    class: 'server_error',
    codes: [
      'api_error',
      'server_error',
      'timeout_error',
      'modelerrorexception', // Bedrock, as 424
      'modeltimeoutexception',
    ],
  },
];
