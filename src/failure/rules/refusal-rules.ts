import type { BuiltInRule } from './built-in-rule.js';

export const REFUSAL_RULES: readonly BuiltInRule[] = [
  // SendGrid, as 401; YouTube, as 403.
  {
    class: 'quota_exhausted',
    statuses: [401, 403],
    text: /\b(?:quota|credits|allowance)\b[^.\n]{0,40} (?:exceeded|exhausted|reached|used up)\b|\b(?:exceeded|exhausted|used up)\b[^.\n]{0,40} (?:quota|credits|allowance)\b/i,
  },
  // OpenAI's organisation header, and gateways without the model. Where the line names a key, it is
  // the key's after all.
  {
    class: 'bad_request',
    statuses: [401],
    text: /^(?![^\n]*\b(?:key|token|credentials?)\b)[^\n]*(?:\b(?:model|organi[sz]ation|project)\b[^\n]{0,80} (?:not (?:supported|found|available|match)|does not exist)\b|\bno such (?:model|organi[sz]ation|project)\b)/im,
  },
  {
    class: 'forbidden',
    statuses: [401],
    text: /\brestricted from\b|\bnot (?:permitted|allowed) to\b|\b(?:lacks?|no|not have|without|missing|required?) (?:\w{1,20} ){0,3}(?:permissions?|scopes?)\b/i,
  },
];
