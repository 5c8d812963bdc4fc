import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';

/** Zhipu's names; its codes are numbers. */
export const ZHIPU: readonly string[] = ['zhipu', 'zai', 'z.ai', 'bigmodel'];

const PERIOD = '(?:hourly|daily|weekly|monthly)';

/** An allowance, and before the line ends, what becomes of it. */
const ALLOWANCE = String.raw`\b(?:quota|limit|allowance|usage)\b[^\n]{0,120}\b`;

const NAMES_NO_MONEY = '(?!.*(?:spend|budget|credit|balance|billing|payment|cost))';

export const QUOTA_RULES: readonly BuiltInRule[] = [
  { class: 'rate_limited', codes: ['in_flight_budget_exhausted'] }, // OpenRouter 402, transient
  { class: 'rate_limited', statuses: [402], text: /(?:retry|try again) (?:shortly|soon)/i },
  // Model Studio and Gemini word a throttle of a minute as OpenAI words an empty account; their
  // links tell, whatever preset is used: help.aliyun.com/en/model-studio/rate-limit.
  {
    class: 'rate_limited',
    statuses: [429],
    text: anyOf(
      /\b(?:help\.aliyun|alibabacloud)\.com\/[\w/-]{0,100}model-studio/i,
      /\bai\.google\.dev\/gemini-api/i,
    ),
  },
  { class: 'quota_exhausted', scope: 'key', text: /exceeded budget for model=/i }, // LiteLLM
  // Anthropic's spend limit, as 400; the text names the day on which it ends.
  {
    class: 'quota_exhausted',
    allModels: true,
    below: 500,
    text: /reached your specified api usage limits/i,
  },
  {
    class: 'quota_exhausted',
    allModels: true,
    codes: ['quota_exceeded'], // ElevenLabs, as 401
    providers: ['elevenlabs'],
  },
  { class: 'quota_exhausted', allModels: true, statuses: [402], providers: ['firecrawl'] },
  {
    class: 'quota_exhausted',
    allModels: true,
    text: anyOf(
      /monthly included credits/i, // Hugging Face, as 402
      /run out of searches/i, // SerpAPI, as 429
    ),
  },
  { class: 'quota_exhausted', allModels: true, statuses: [432, 433] }, // Tavily
  // docs.z.ai/api-reference/api-code: the windows of a plan. Their resets name no time zone.
  { class: 'quota_exhausted', allModels: true, providers: ZHIPU, codes: ['1308', '1310'] },
  {
    class: 'quota_exhausted',
    scope: 'key',
    allModels: true,
    providers: ['openrouter'],
    text: /key (?:budget )?limit exceeded \((?:daily|weekly|monthly)/i,
  },
  // What resets by itself is no empty account, whatever the code beside it.
  {
    class: 'quota_exhausted',
    below: 500,
    codes: [
      'usage_limit_reached',
      'free_quota_exceeded',
      'quota_exhausted',
      'quota_exceeded',
      'quotaexceeded', // Google's APIs, as 403
      'setlimitexceeded', // Volcengine, as 429: its user's own limit of a model
    ],
  },
  // "Daily limit reached, resets tomorrow", "The quota will be reset at midnight" (Google, as 403).
  {
    class: 'quota_exhausted',
    statuses: [401, 402, 403],
    text: new RegExp(
      String.raw`${ALLOWANCE}(?:resets?|refresh(?:es)?|renew(?:s|ed)|replenish(?:es|ed))\b`,
      'i',
    ),
  },
  // "Your quota will be renewed in 09 hours" (OpenSubtitles, as 406).
  {
    class: 'quota_exhausted',
    statuses: [400, 406],
    text: new RegExp(
      String.raw`${ALLOWANCE}(?:resets?|renews?|(?:be )?(?:reset|renewed|replenished)) (?:at|on|in|every)\b`,
      'i',
    ),
  },
  { class: 'quota_exhausted', statuses: [0, 401, 402, 403], when: namesAPeriodAndNoMoney },
  // `MONTHLY_REQUEST_COUNT` (Kiro, as 402), but no `monthly_spend_limit`.
  {
    class: 'quota_exhausted',
    statuses: [402, 403],
    codePattern: new RegExp(
      String.raw`^${NAMES_NO_MONEY}(?:\w{1,40}_)?${PERIOD}_(?:\w{1,40}_)?(?:limit|quota|cap|count)(?:_\w{1,40})?$`,
      'i',
    ),
  },
  // `daily-transaction-limit-exceeded` (Watson, as 400).
  {
    class: 'quota_exhausted',
    statuses: [400, 406],
    text: new RegExp(
      String.raw`\b${PERIOD}\b[^.\n]{0,40}\b(?:limit|quota)\b[^.\n]{0,30}\b(?:exceeded|exhausted|reached)\b`,
      'i',
    ),
  },
];

const LIMIT_OF_A_PERIOD = new RegExp(
  String.raw`\b${PERIOD}\b[^.\n]{0,40}\b(?:limit|quota|cap)\b`,
  'i',
);

const MONEY = /\b(?:credits?|balance|funds|billing|payment|recharge|spend(?:ing)?|budget)\b/i;

/** "Daily limit reached" comes back; "monthly spending limit" is a matter of money. */
function namesAPeriodAndNoMoney(text: string): boolean {
  return LIMIT_OF_A_PERIOD.test(text) && !MONEY.test(text);
}
