/** What credentials of known issuers begin with, before `-` or `_`. */
const ISSUERS = [
  'sk|pk|rk|sess|whsec', // OpenAI, Anthropic, OpenRouter, Stripe and most others
  'gsk|csk|xai|hf|r8|fw|pplx|nvapi|jina|pcsk', // Groq, Cerebras, xAI, Hugging Face, Replicate, …
  'fc|tvly|vck|lin_api', // Firecrawl, Tavily, Vercel, Linear
  'gh[opsur]|github_pat|glpat|shpat|shpss|xox[abp]', // GitHub, GitLab, Shopify, Slack
].join('|');

/** Credentials by their looks; every pattern is linear. */
export const CREDENTIALS: readonly RegExp[] = [
  /\bbearer\s{1,20}(?!(?:tokens?|auth\w*|schemes?|formats?|credentials?|headers?)\b)[\w.~+/=*%-]{6,}/gi,
  new RegExp(String.raw`(?:\b|(?<=%[0-9a-f]{2}))(?:${ISSUERS})[-_][\w*.+/=%-]{4,}`, 'gi'),
  /AIza[\w*-]{4,}/g, // Google
  /(?:AKIA|ASIA)[A-Z0-9]{8,}/g, // Amazon
  /\bya29\.[\w-]{6,}/g, // Google, OAuth
  /eyJ[\w-]{6,}(?:\.[\w-]+){0,2}/g, // JSON web tokens
];

/** The user's part of a URL, perhaps broken by a line's end. */
export const URL_USER = /(?<=:\/\/)[^ \t/@]{1,200}@/g;

const LABEL = '(?:key|token|secret|passw(?:or)?d|pwd|authorization|credentials?|cookie)';

/** Between label and credential: a word, quotes around a colon, perhaps a scheme. */
const COLON = String.raw`(?: (?:provided|value|is|was))?\\{0,3}["'\x60]?\s{0,3}(?:[=:]|%3[ad])\s{0,3}\\{0,3}["'\x60<]?`;
const SCHEME = String.raw`(?:(?:bearer|basic|token|bot|apikey|key)\s{1,3})?`;

/** What stands behind a credential's name: `key=…`, `"api_key": "…"`, `API key provided: …`. */
export const LABELLED = new RegExp(
  String.raw`(${LABEL})(${COLON}${SCHEME})([^\s"'\x60,;&)<>\]}]{4,})`,
  'gi',
);

/** The same without a colon, where it cannot be a word: `API key 'q1w2e3r4t5'`. */
export const NAMED = /\b(key|token|secret|password|basic)(\s{1,3}["'`(<[]?)([\w.~+/=%-]{8,})/gi;

/** Long enough to be one, if it looks random. */
export const TOKEN = /[\w.~+/=%-]{20,}/g;

/** How a credential begins that a line's end breaks. */
export const BEGINNING =
  /\b(?:sk|gsk|csk|gh[opsur]|github_pat|hf|xai|key|token|secret)[-_=]|AIza|eyJ/i;
