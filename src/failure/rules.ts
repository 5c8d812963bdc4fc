import type { FailureClass, FailureScope } from './failure.js';

/** One sign of one class. Every condition given must hold; codes or texts, whichever is met. */
export interface Rule {
  readonly class: FailureClass;
  /** Where it differs from the class's own. */
  readonly scope?: FailureScope;
  /** In lower case. */
  readonly codes?: readonly string[];
  /** In the messages. Linear, without `g`. */
  readonly text?: RegExp;
  readonly statuses?: readonly number[];
  /** Only below this status: past it a gateway speaks of its own upstream. */
  readonly below?: number;
  readonly providers?: readonly string[];
  readonly exceptProviders?: readonly string[];
  readonly when?: (text: string) => boolean;
  /** The wait the provider documents, where the response names none. Milliseconds. */
  readonly waitMs?: number;
}

/**
 * Signs in the order that tells them apart; the first that holds decides. From captured
 * answers of 36 providers: status codes alone are right for half of these.
 */
export const RULES: readonly Rule[] = [
  // 1. This request alone: no key would serve it.
  {
    class: 'bad_request',
    codes: [
      'context_length_exceeded',
      'string_above_max_length',
      'request_too_large',
      'model_not_found',
      'not_found_error',
      'deploymentnotfound',
      'content_filter',
      'content_policy_violation',
      'tool_use_failed',
      'too_many_tokens',
      'too_many_prompt_tokens',
    ],
  },
  {
    class: 'bad_request',
    below: 500,
    text: /maximum context length|context window|prompt is too long|request too large|too many tokens: size limit|estimated request cost/i,
  },
  // "Limit 7000, Used 0, Requested ~12903" never fits, though the code says rate limit.
  { class: 'bad_request', below: 500, when: asksForMoreThanTheLimit },
  // A robot policy on the User-Agent (wikimedia).
  { class: 'bad_request', statuses: [403], text: /set a user-agent/i },

  // 2. A gateway's own upstream: our key is not the one that failed.
  { class: 'overloaded', codes: ['upstream_provider_shared_pool', 'openrouter_shared_capacity'] },
  { class: 'overloaded', text: /no healthy deployments|rate-limited upstream|crossed budget/i },
  {
    class: 'server_error',
    statuses: [401, 402, 403, 429],
    text: /received model group=|error from provider/i,
  },

  // 3. Egress and permission: every key fails alike, or this call alone.
  {
    class: 'forbidden',
    codes: [
      'unsupported_country_region_territory',
      'ip_not_authorized',
      'permissiondenied',
      'insufficient_permissions',
      'mismatched_organization',
      'mismatched_project',
    ],
  },
  {
    class: 'forbidden',
    below: 500,
    text: /(?:country|region|territory|location)[\w, ]{0,30} (?:is )?not supported|scope requirement|required scope|missing scopes|insufficient[_ ]permissions|ip (?:address )?(?:is )?not (?:authorized|allowed)|virtual network\/firewall/i,
  },

  // 4. The key, or its account, is dead.
  {
    class: 'invalid_key',
    below: 500,
    codes: [
      'invalid_api_key', // OpenAI; error.type is only invalid_request_error
      'account_deactivated', // OpenAI
      'authentication_error', // Anthropic; DeepSeek beside code invalid_request_error
      'api_key_invalid', // Gemini, as 400
      'consumer_suspended', // Gemini, as 403
      'subscription_token_invalid', // Brave, as 422
      'unrecognizedclientexception', // Bedrock, in x-amzn-errortype
      'expiredtokenexception',
    ],
  },
  {
    class: 'invalid_key',
    below: 500,
    text: /(?:incorrect|invalid) (?:api|subscription) key|invalid x-api-key|api key (?:not found|not valid|expired|revoked|(?:has|was) (?:been )?(?:expired|revoked|disabled|deleted|reported as leaked))|reported as leaked/i,
  },
  // Anthropic: 401 in 2025, 403 with the same words in 2026.
  {
    class: 'invalid_key',
    below: 500,
    text: /oauth authentication is currently not allowed for this organization|oauth (?:access )?token (?:has expired|has been revoked|expired|revoked)/i,
  },
  // Bans come as 400, 403 and 429.
  {
    class: 'invalid_key',
    below: 500,
    text: /your access was terminated|organization has been (?:restricted|disabled)|(?:account|consumer)[^.\n]{0,100} has been (?:deactivated|suspended)/i,
  },

  // 5. Money that comes back by itself, or that is short for one model only.
  { class: 'rate_limited', codes: ['in_flight_budget_exhausted'] }, // OpenRouter 402, transient
  { class: 'quota_exhausted', scope: 'key', text: /exceeded budget for model=/i }, // LiteLLM
  // Anthropic's spend limit, as 400; the text names the day on which it ends.
  { class: 'quota_exhausted', below: 500, text: /reached your specified api usage limits/i },
  { class: 'quota_exhausted', codes: ['quota_exceeded'], providers: ['elevenlabs'] }, // as 401
  { class: 'quota_exhausted', statuses: [402], providers: ['firecrawl'] },
  { class: 'quota_exhausted', text: /monthly included credits|run out of searches/i },
  { class: 'quota_exhausted', statuses: [432, 433] }, // Tavily

  // 6. Money that is gone.
  {
    class: 'budget_exceeded',
    // Model Studio sends OpenAI's code for a throttle.
    exceptProviders: ['dashscope', 'alibaba', 'qwen'],
    codes: ['insufficient_quota'],
  },
  {
    class: 'budget_exceeded',
    codes: [
      'billing_error', // Anthropic, 402
      'billing_not_active', // OpenAI
      'billing_hard_limit_reached',
      'credit_balance_exhausted',
      'project_spend_limit_exceeded',
      'organization_spend_limit_exceeded',
      'organization_usage_limit_exceeded',
      'budget_exceeded', // LiteLLM
      'insufficient_user_quota', // one-api
      'insufficient_balance_error', // MiniMax
      'insufficient_g1_credits_balance', // Gemini CLI
      'arrearage', // DashScope
    ],
  },
  {
    class: 'budget_exceeded',
    below: 500,
    text: /credit balance is too low|used all available credits|run out of credits|doesn't have any credits|budget has been exceeded|over budget\. spend=|insufficient balance/i,
  },
  // Elsewhere the same sentence is a throttle of one minute (Gemini).
  {
    class: 'budget_exceeded',
    below: 500,
    providers: ['openai'],
    text: /exceeded your current quota, please check your plan and billing/i,
  },

  // 7. Capacity, whatever the status: before 429.
  {
    class: 'overloaded',
    codes: [
      'overloaded_error', // Anthropic, 529
      'slow_down', // OpenAI, 503
      'server_is_overloaded',
      'engine_overloaded_error', // Moonshot, as 429
      'nocapacity', // Azure
    ],
  },
  {
    class: 'overloaded',
    statuses: [429, 500, 502, 503, 529],
    text: /\boverloaded\b|at capacity|capacity exceeded|high demand|generative-ai\/docs\/error-code-429/i,
  },

  // 8. Limits. A wait over an hour makes a quota of them; see classify.ts.
  {
    class: 'rate_limited',
    below: 500,
    codes: [
      'rate_limit_exceeded',
      'rate_limit_error',
      'ratelimitreached',
      'ratelimited',
      'throttlingexception',
    ],
  },
  // GitHub documents a minute for its secondary limits.
  { class: 'rate_limited', statuses: [403], text: /secondary rate limit/i, waitMs: 60_000 },
  { class: 'rate_limited', statuses: [403], text: /rate limit exceeded/i },

  // 9. What is left of the codes.
  { class: 'forbidden', below: 500, codes: ['permission_error'] }, // Anthropic
  { class: 'server_error', codes: ['api_error', 'server_error', 'timeout_error'] },
];

function asksForMoreThanTheLimit(text: string): boolean {
  const match = /\blimit:? (\d{1,15}),(?: used:? \d{1,15},)? requested:? ~?(\d{1,15})\b/i.exec(
    text,
  );
  return match !== null && Number(match[2]) > Number(match[1]);
}
