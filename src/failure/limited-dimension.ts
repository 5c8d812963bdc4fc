import type { Dimension } from '../key/key.js';
import { quotaDimension } from '../limits/body/google-error.js';
import { dimensionInText } from '../limits/body/limit-sentence.js';
import type { HeaderReader } from '../limits/headers.js';

/** OpenAI's and Groq's `type` beside the code, Cerebras' codes, Azure's `policy-id`. */
const CODES: Readonly<Record<string, Dimension>> = {
  requests: 'requests',
  tokens: 'tokens',
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  request_quota_exceeded: 'requests',
  token_quota_exceeded: 'tokens',
  'deploymentratelimit-token': 'tokens',
  'deploymentratelimit-call': 'requests',
};

/** What ran out, where a refusal names exactly one thing. */
export function limitedDimension(
  codes: readonly string[],
  text: string,
  header: HeaderReader,
): Dimension | undefined {
  const policy = header('policy-id');
  const named = policy === undefined ? codes : [...codes, policy];
  for (const code of named) {
    const dimension = CODES[code.toLowerCase()];
    if (dimension !== undefined) return dimension;
  }
  return quotaDimension(codes) ?? dimensionInText(text);
}
