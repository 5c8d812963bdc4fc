import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';
import { ZHIPU } from './quota-rules.js';

/** As 400, banks and exchanges speak of the balance that a request would move. */
const OF_AN_ACCOUNT = [0, 401, 402, 403, 412, 429];

export const BUDGET_RULES: readonly BuiltInRule[] = [
  // Moonshot's word for an empty account, as 403 and 429.
  {
    class: 'budget_exceeded',
    providers: ['moonshot', 'kimi'],
    codes: ['exceeded_current_quota_error'],
  },
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
      'insufficient_g1_credits_balance', // Gemini CLI
      'arrearage', // DashScope
      'asr_payment_required', // Deepgram
    ],
  },
  // MiniMax, Jina, Venice, sub2api and other gateways.
  {
    class: 'budget_exceeded',
    statuses: OF_AN_ACCOUNT,
    codePattern: /^insufficient_?(?:balance|credits?|funds)(?:_?error)?$/i,
  },
  { class: 'budget_exceeded', providers: ZHIPU, codes: ['1113'] },
  // Elsewhere it may be a feature of the service that is off: google.api.ErrorReason.
  {
    class: 'budget_exceeded',
    providers: ['gemini', 'google', 'vertex'],
    codes: ['billing_disabled'],
  },
  // As 500 too, where only the end of the message has the code.
  {
    class: 'budget_exceeded',
    providers: ['minimax'],
    codes: ['1008'],
    text: /\binsufficient balance \(1008\)/i,
  },
  {
    class: 'budget_exceeded',
    below: 500,
    text: anyOf(
      /credit balance is too low/i, // Anthropic, as 400
      /used all available credits/i, // xAI, as 429 and 403
      /\bout of extra usage\b/i, // Anthropic's subscriptions, as 400
      /\b(?:you|account)\b[^.\n]{0,40}\bout of credits\b/i, // xAI: "You have run out of credits"
      /doesn't have any credits/i, // xAI: "Your newly created team doesn't have any credits"
      /budget has been exceeded/i, // LiteLLM, as 400 and 429
      /over budget\. spend=/i, // LiteLLM: "User=93085 over budget. Spend=21.6"
      /(?:insufficient|not enough) credits\b/i, // OpenRouter; gateways, as 400 and 422
      /\baccount balance is (?:insufficient|negative)/i, // SiliconFlow; AssemblyAI, as 400
      /余额不足/, // Zhipu, as 429: the balance is short
      /已?欠费/, // Zhipu, as 429: in arrears
      /额度(?:已用尽|不足)/, // one-api: the key's or the user's allowance is used up, or short
    ),
  },
  {
    class: 'budget_exceeded',
    statuses: OF_AN_ACCOUNT,
    text: anyOf(
      /\bout of (?:credits|usage(?! (?:polic|guideline))|funds)\b/i,
      /insufficient (?:\w{1,20} ){0,3}(?:balance|credits?|funds)\b/i, // DeepSeek: "Insufficient Balance"
      /\bno (?:more |remaining )?credits (?:left|remaining)\b/i,
    ),
  },
  {
    class: 'budget_exceeded',
    statuses: OF_AN_ACCOUNT,
    codePattern: /overdue/i, // `AccountOverdueError` (Volcengine, as 403)
    text: anyOf(
      /\b(?:overdue|past[- ]due|unpaid) (?:account|balance)\b/i, // "Access denied due to overdue account"
      /\b(?:you have|your account has) (?:\w{1,20} )?(?:overdue|past[- ]due|unpaid)\b/i,
      /\b(?:your|this) (?:account|balance|bill|invoice|payment) is (?:overdue|past[- ]due|unpaid|in arrears)\b/i,
    ),
  },
  // Fireworks, as 412.
  {
    class: 'budget_exceeded',
    below: 500,
    text: /\bsuspended\b[^.\n]{0,80}\b(?:spending limit|failure to pay|unpaid|invoices?)\b/i,
  },
  { class: 'budget_exceeded', providers: ['openrouter'], text: /key (?:budget )?limit exceeded/i },
  // Elsewhere the same sentence is a throttle of one minute (Gemini).
  {
    class: 'budget_exceeded',
    below: 500,
    providers: ['openai'],
    text: /exceeded your current quota, please check your plan and billing/i,
  },
];
