import { isRecord } from '../../core/options.js';

/**
 * Tokens per character, by class. Scaled so that Latin text, code, Cyrillic, Chinese and Hindi come
 * out within a quarter of the o200k count; base64 does not.
 */
const TOKENS_PER_CHARACTER = { ascii: 0.25, cyrillic: 0.32, other: 0.37, ideograph: 0.75 };

/** What an image costs when only its bytes are at hand; about Anthropic's largest. */
const TOKENS_PER_IMAGE = 1600;

/** Bodies beyond this many values are estimated from their beginning. */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 32;

/** Tokens in a text, by its characters. */
function estimateTokens(text: string): number {
  let tokens = 0;
  for (let index = 0; index < text.length; index += 1) tokens += weightOf(text.charCodeAt(index));
  return Math.ceil(tokens);
}

/** Tokens in all strings of the values given: messages, system prompts, tools. */
export function estimateInput(...values: readonly unknown[]): number {
  const pending: { value: unknown; depth: number }[] = values.map((value) => ({ value, depth: 0 }));
  let tokens = 0;
  for (let seen = 0; pending.length > 0 && seen < MAX_VALUES; seen += 1) {
    const { value, depth } = pending.pop() ?? { value: undefined, depth: 0 };
    if (typeof value === 'string') tokens += stringTokens(value);
    if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) continue;
    if (isInlineMedia(value)) {
      tokens += TOKENS_PER_IMAGE;
      continue;
    }
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 });
  }
  return tokens;
}

function stringTokens(text: string): number {
  return /^data:[\w+.-]+\/[\w+.-]+;base64,/.test(text) ? TOKENS_PER_IMAGE : estimateTokens(text);
}

/** Anthropic marks bytes as base64; Gemini has nothing else beside a MIME type. */
function isInlineMedia(value: object): boolean {
  if (!isRecord(value) || typeof value['data'] !== 'string') return false;
  return value['type'] === 'base64' || 'mimeType' in value || 'mime_type' in value;
}

function weightOf(code: number): number {
  if (code < 0x250) return TOKENS_PER_CHARACTER.ascii;
  if (code >= 0x400 && code < 0x530) return TOKENS_PER_CHARACTER.cyrillic;
  return code >= 0x2e80 ? TOKENS_PER_CHARACTER.ideograph : TOKENS_PER_CHARACTER.other;
}
