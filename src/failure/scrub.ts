const MAX_OUTPUT = 500;

/** Enough to fill the output though credentials be removed from it. */
const MAX_INPUT = 4096;

const REDACTED = '[redacted]';

/** Credentials by their looks; every pattern is linear. */
const CREDENTIALS: readonly RegExp[] = [
  // Bearer tokens and basic credentials.
  /\b(?:bearer|basic)\s+[\w.~+/=*-]{6,}/gi,
  // Prefixes of known issuers: OpenAI, Anthropic, OpenRouter, Stripe; Groq, xAI, GitHub, …
  /\b(?:sk|pk|rk|gsk|xai|hf|r8|fc|tvly|pplx|nvapi|glpat|gh[opsur]|github_pat|xox[abp]|whsec)[-_][\w*.+/=-]{4,}/gi,
  /\bAIza[\w*-]{4,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{8,}/g,
  /\bya29\.[\w-]{6,}/g,
  // JSON web tokens.
  /\beyJ[\w-]{6,}(?:\.[\w-]+){0,2}/g,
  // What stands behind a credential's name: `key=…`, `api_key: …`, `API key provided: …`.
  /(?<=\b(?:key|api[-_ ]?key|token|secret|password|authorization|credential)(?: provided)?["']?\s?[=:]\s?["']?)[^\s"',;&)]{4,}/gi,
  // The user's part of a URL.
  /(?<=:\/\/)[^\s/@]{1,200}@/g,
];

/**
 * A message without anything that looks like a credential, at most 500 characters: some
 * providers echo keys. Linear in time.
 */
export function scrub(text: string): string {
  let result = oneLine(cutToWords(text));
  for (const credential of CREDENTIALS) result = result.replace(credential, REDACTED);
  result = result.replace(/[\w+/=-]{20,}/g, (word) => (isRandom(word) ? REDACTED : word));
  return wellFormed(result.slice(0, MAX_OUTPUT));
}

// A word cut in two might be half a key, too short to look like one.
function cutToWords(text: string): string {
  if (text.length <= MAX_INPUT) return text;
  const start = text.slice(0, MAX_INPUT);
  const end = Math.max(start.lastIndexOf(' '), start.lastIndexOf('\n'));
  return start.slice(0, Math.max(0, end));
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would forge lines in a log.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

/** Long, and mixed as words and model names are not. */
function isRandom(word: string): boolean {
  const hasRun = /(?=[A-Za-z]{0,19}\d)(?=\d{0,19}[A-Za-z])[A-Za-z0-9]{20}/.test(word);
  const isMixed = /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
  return hasRun || (isMixed && new Set(word).size >= 14);
}

function wellFormed(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
