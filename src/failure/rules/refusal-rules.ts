import { anyOf } from '../../core/any-of.js';
import type { BuiltInRule } from './built-in-rule.js';

export const REFUSAL_RULES: readonly BuiltInRule[] = [
  {
    class: 'quota_exhausted',
    statuses: [401, 403],
    text: anyOf(
      // "Maximum credits exceeded" (SendGrid, as 401)
      /\b(?:quota|credits|allowance)\b[^.\n]{0,40} (?:exceeded|exhausted|reached|used up)\b/i,
      // "You have exhausted the API Credits" (ScraperAPI), "exceeded current quota" (Moonshot)
      /\b(?:exceeded|exhausted|used up)\b[^.\n]{0,40} (?:quota|credits|allowance)\b/i,
    ),
  },
  // "No such organization" (OpenAI), "Model … is not supported" (OpenCode).
  { class: 'bad_request', statuses: [401], when: missesSomethingElseThanTheKey },
  {
    class: 'forbidden',
    statuses: [401],
    text: anyOf(
      /\brestricted from\b/i, // Notion
      /\bnot (?:permitted|allowed) to\b/i, // LiteLLM
      // "does not have Copilot Requests permission" (GitHub)
      /\b(?:lacks?|no|not have|without|missing|required?) (?:\w{1,20} ){0,3}(?:permissions?|scopes?)\b/i,
    ),
  },
];

const MISSING = anyOf(
  /\b(?:model|organi[sz]ation|project)\b[^\n]{0,80} (?:not (?:supported|found|available|match)|does not exist)\b/i,
  /\bno such (?:model|organi[sz]ation|project)\b/i,
);

/** Where the line names a key, it is the key's after all. */
function missesSomethingElseThanTheKey(text: string): boolean {
  return text
    .split('\n')
    .some((line) => MISSING.test(line) && !/\b(?:key|token|credentials?)\b/i.test(line));
}
