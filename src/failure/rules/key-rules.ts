import type { BuiltInRule } from './built-in-rule.js';

export const KEY_RULES: readonly BuiltInRule[] = [
  {
    class: 'invalid_key',
    below: 500,
    codes: [
      'invalid_api_key', // OpenAI; error.type is only invalid_request_error
      'invalidapikey', // Model Studio
      'api_key_expired', // Stripe
      'account_deactivated', // OpenAI
      'authentication_error', // Anthropic; DeepSeek beside code invalid_request_error
      'api_key_invalid', // Gemini, as 400
      'consumer_suspended', // Gemini, as 403
      'subscription_token_invalid', // Brave, as 422
      'token_not_found_in_db', // LiteLLM
      'expired_key', // LiteLLM, as 400
      'access_terminated_error', // Moonshot, as 403
      'unrecognizedclientexception', // Bedrock, in x-amzn-errortype
      'expiredtokenexception',
    ],
  },
  // platform.minimax.io/docs/api-reference/errorcode, in the body of a success. 1004 is not
  // here: it also answers a key of another product.
  { class: 'invalid_key', providers: ['minimax'], codes: ['2049'] },
  // In the body of a success too: Slack's words, and what Baidu has for its own.
  {
    class: 'invalid_key',
    statuses: [0],
    text: /^(?:invalid|expired|revoked)_(?:auth|token|api_?key|(?:api_)?access_key|credentials)$|^(?:auth|token|api_?key|account)_(?:invalid|expired|revoked|inactive)$|\baccess token (?:is |has )?(?:invalid|expired|revoked)/im,
  },
  {
    class: 'invalid_key',
    below: 500,
    text: /(?:incorrect|invalid) (?:api|subscription)[- ]key|invalid x-api-key|api key (?:not found|not valid|expired|revoked|(?:has|was|is) (?:been )?(?:invalid|expired|revoked|disabled|deleted|deactivated|banned|reported as leaked))|reported as leaked/i,
  },
  // Not what a caller may hold besides: page tokens, upload tokens, the key of an object.
  {
    class: 'invalid_key',
    below: 500,
    text: /(?:^|\b(?:access|api|auth|authentication|bearer|your) )(?:token|credentials?) (?:(?:has|have|is|are|was|been) ){0,2}(?:expired|revoked)\b|^invalid (?:authentication )?credentials\b|no longer a member of the organization associated with this (?:key|token)/im,
  },
  // Anthropic: 401 in 2025, 403 with the same words in 2026.
  {
    class: 'invalid_key',
    below: 500,
    text: /oauth authentication is currently not allowed for this organization|oauth (?:access )?token (?:has expired|has been revoked|expired|revoked)/i,
  },
  // Bans come as 400, 403 and 429; accounts that owe money are left to the money rules. Some APIs
  // speak of the account that was asked about: only ours counts.
  {
    class: 'invalid_key',
    below: 500,
    text: /your access was terminated|organization has been (?:restricted|disabled)|(?:\b(?:your|this) (?:\w{1,20} )?account\b|\baccount associated with\b|\bconsumer\b)[^.\n]{0,100} (?:has been|was) (?:deactivated|suspended|banned)|your project has been denied access|disabled in this account for violation/i,
  },
];
