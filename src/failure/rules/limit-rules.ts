import { anyOf } from '../../core/any-of.js';
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
    codePattern: anyOf(
      // `overloaded_error` (Anthropic, 529), `engine_overloaded_error` (Moonshot, as 429),
      // `ServerOverloaded` (Volcengine, as 429), `server_is_overloaded` (OpenAI, as 200).
      /overload(?:ed)?(?:_?(?:error|exception))?$/i,
      /(?:server|system|service|engine|model)_?(?:is_?)?busy$/i, // `system_busy` (ElevenLabs, as 429)
      /^queue_?(?:full|exceeded)$/i, // `queue_exceeded` (Cerebras, as 429)
    ),
  },
  {
    class: 'overloaded',
    statuses: [429, 500, 502, 503, 529],
    text: anyOf(
      /\boverloaded\b/i, // OpenAI: "The server is currently overloaded with other requests"
      /at capacity|no capacity|capacity exceeded/i, // Gemini CLI; Mistral: "Service tier capacity exceeded"
      /high demand/i, // Gemini, 503; Azure, as 429
      // "Service is too busy" (DeepSeek).
      /\b(?:server|system|service|engine|model)s? (?:is |are )?(?:currently |too ){0,2}busy\b/i,
      // "due to server overload" (Volcengine), "We're experiencing high traffic" (Cerebras).
      /\b(?:experiencing|due to|because of) (?:\w{1,20} ){0,2}(?:overload|traffic|load)\b(?! (?:from|on|by) (?:your|this))/i,
      /generative-ai\/docs\/error-code-429/i, // Vertex: a pool that its customers share
      /访问量过大/, // Zhipu: too many visits
      /(?:系统|服务器?)繁忙/, // system, or server, busy
    ),
  },
];

export const LIMIT_RULES: readonly BuiltInRule[] = [
  // Providers say "rate limit" for a throttle and "usage limit" for the quota of a plan.
  {
    class: 'quota_exhausted',
    statuses: [402, 403, 429],
    text: anyOf(
      // "The usage limit has been reached" (ChatGPT), "Usage cap exceeded" (X).
      /\busage (?:limit|cap)s?\b[^.\n]{0,40} (?:reached|exceeded|exhausted)/i,
      // "you have reached your session usage limit" (Ollama).
      /\b(?:reached|exceeded|exceeds|hit)\b[^.\n]{0,40} usage (?:limit|cap)\b/i,
      /\breached the set (?:\w{1,20} )?limit\b/i, // Volcengine: the user's own
      /使用上限/, // Zhipu: the limit of use
    ),
  },
  // "Free usage exceeded" (OpenCode), "The free quota has been exhausted" (Model Studio).
  {
    class: 'quota_exhausted',
    statuses: [401, 403, 429],
    text: /\bfree (?:\w{1,20} ){1,6}(?:exceeded|exhausted|used up)\b/i,
  },
  // A wait over an hour makes a quota of these; see verdict.ts.
  {
    class: 'rate_limited',
    below: 500,
    codePattern: anyOf(
      /rate_?limit/i, // `rate_limit_error` (Anthropic), `rate_limit_exceeded` (OpenAI)
      /throttl/i, // `ThrottlingException` (Bedrock), `THROTTLED` (Shopify)
      /too_?many_?requests/i, // Deepgram, Volcengine
      /^lock_timeout$/i, // Stripe
    ),
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
    text: anyOf(
      /\b(?:rate|request) limit (?:has been |was )?(?:exceeded|reached)/i, // GitHub; Stripe, as 400
      /^rate limit$/im, // MiniMax, as 200
      /too many requests/i,
    ),
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
