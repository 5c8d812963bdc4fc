import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';

/** Not what a caller may hold besides: page tokens, upload tokens, the key of an object. */
const OUR = String.raw`(?:^|\b(?:access|api|auth|authentication|bearer|your) )`;

/** Some APIs speak of the account that was asked about: only ours counts. */
const OUR_ACCOUNT = String.raw`(?:\b(?:your|this) (?:\w{1,20} )?account\b|\baccount associated with\b|\bconsumer\b)`;

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
  // In the body of a success, a word that is too common elsewhere.
  {
    class: 'invalid_key',
    statuses: [0],
    text: anyOf(
      // Slack: `invalid_auth`, `token_revoked`.
      /^(?:invalid|expired|revoked)_(?:auth|token|api_?key|(?:api_)?access_key|credentials)$/im,
      /^(?:auth|token|api_?key|account)_(?:invalid|expired|revoked|inactive)$/im,
      /\baccess token (?:is |has )?(?:invalid|expired|revoked)/i, // Baidu
    ),
  },
  {
    class: 'invalid_key',
    below: 500,
    text: anyOf(
      /(?:incorrect|invalid) (?:api|subscription)[- ]key/i, // xAI, as 400; Model Studio; MiniMax, as 200
      /invalid x-api-key/i, // Anthropic
      /api key (?:not found|not valid|expired|revoked)/i, // Gemini, as 400
      // "Your api key has been revoked", "Provided API key is invalid" (Voyage)
      /api key (?:has|was|is) (?:been )?(?:invalid|expired|revoked|disabled|deleted|deactivated|banned)/i,
      /reported as leaked/i, // Gemini, as 403
    ),
  },
  {
    class: 'invalid_key',
    below: 500,
    text: anyOf(
      // "Token has been expired or revoked" (Google, as 400), "The access token expired" (Spotify)
      new RegExp(
        String.raw`${OUR}(?:token|credentials?) (?:(?:has|have|is|are|was|been) ){0,2}(?:expired|revoked)\b`,
        'im',
      ),
      /^invalid (?:authentication )?credentials\b/im, // Anthropic; Hugging Face; Deepgram, as 400
      // Anthropic, as 403.
      /no longer a member of the organization associated with this (?:key|token)/i,
    ),
  },
  // Anthropic: 401 in 2025, 403 with the same words in 2026.
  {
    class: 'invalid_key',
    below: 500,
    text: anyOf(
      /oauth authentication is currently not allowed for this organization/i,
      /oauth (?:access )?token (?:has expired|has been revoked|expired|revoked)/i,
    ),
  },
  // Bans come as 400, 403 and 429; accounts that owe money are left to the money rules.
  {
    class: 'invalid_key',
    below: 500,
    text: anyOf(
      /your access was terminated/i, // OpenAI, as 429
      /organization has been (?:restricted|disabled)/i, // Groq and Anthropic, as 400
      // "Consumer 'api_key:…' has been suspended" (Gemini), "The OpenAI account associated with this
      // API key has been deactivated"
      new RegExp(
        String.raw`${OUR_ACCOUNT}[^.\n]{0,100} (?:has been|was) (?:deactivated|suspended|banned)`,
        'i',
      ),
      /your project has been denied access/i, // Gemini
      /disabled in this account for violation/i, // Gemini CLI
    ),
  },
];
