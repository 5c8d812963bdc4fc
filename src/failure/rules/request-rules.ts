import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';

export const REQUEST_RULES: readonly BuiltInRule[] = [
  // OpenAI, where there is such a model, but not for this project.
  { class: 'forbidden', statuses: [403], codes: ['model_not_found'] },
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
      'max_character_limit_exceeded', // ElevenLabs, as 400 and 401
    ],
  },
  // Stripe's 402 is about the card of the caller's customer.
  { class: 'bad_request', codes: ['card_error', 'card_declined'] },
  // The resource is paid for by the request, not by the account: x402.org.
  { class: 'bad_request', statuses: [402], text: /\bx-payment\b|payment-signature/i },
  {
    class: 'bad_request',
    below: 500,
    text: anyOf(
      /maximum context length/i, // DeepSeek, OpenRouter
      /context window/i, // OpenAI
      /prompt is too long/i, // Anthropic
      /request too large/i, // OpenAI as 429, Groq as 413
      /too many tokens: size limit/i, // Cohere
      /estimated request cost/i, // LiteLLM, as 429: above what is left of a budget
      /required for long context requests/i, // Anthropic, as 429
    ),
  },
  // "Limit 7000, Used 0, Requested ~12903" never fits, though the code says rate limit.
  { class: 'bad_request', below: 500, when: asksForMoreThanTheLimit },
  // A robot policy on the User-Agent (wikimedia).
  { class: 'bad_request', statuses: [403], text: /set a user-agent/i },
];

const ASKED =
  /\blimit:? (?<limit>\d{1,15}),(?: used:? \d{1,15},)? requested:? ~?(?<requested>\d{1,15})\b/i;

function asksForMoreThanTheLimit(text: string): boolean {
  const { limit, requested } = ASKED.exec(text)?.groups ?? {};
  return Number(requested) > Number(limit);
}
