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
    text: /credit balance is too low|used all available credits|\bout of extra usage\b|\b(?:you|your account|account)\b[^.\n]{0,40}\bout of credits\b|doesn't have any credits|budget has been exceeded|over budget\. spend=|(?:insufficient|not enough) credits\b|\baccount balance is (?:insufficient|negative)|余额不足|已?欠费|额度(?:已用尽|不足)/i,
  },
  {
    class: 'budget_exceeded',
    statuses: OF_AN_ACCOUNT,
    text: /\bout of (?:credits|usage(?! (?:polic|guideline))|funds)\b|insufficient (?:\w{1,20} ){0,3}(?:balance|credits?|funds)\b|\bno (?:more |remaining )?credits (?:left|remaining)\b/i,
  },
  {
    class: 'budget_exceeded',
    statuses: OF_AN_ACCOUNT,
    codePattern: /overdue/i, // Volcengine, as 403
    text: /\b(?:overdue|past[- ]due|unpaid) (?:account|balance)\b|\b(?:you have|your account has) (?:\w{1,20} )?(?:overdue|past[- ]due|unpaid)\b|\b(?:your|this) (?:account|balance|bill|invoice|payment) is (?:overdue|past[- ]due|unpaid|in arrears)\b/i,
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
