import { isRecord } from '../../core/options.js';

/** Tokens of a prompt: its texts' UTF-16 length divided by four, rounded up, and never below 1. */
export function countInputTokens(...contents: readonly unknown[]): number {
  return Math.max(1, Math.ceil(textLength(contents) / 4));
}

/** Only `text` and `content` fields count, at any depth: roles, names and images are free. */
function textLength(content: unknown): number {
  if (typeof content === 'string') return content.length;
  if (Array.isArray(content)) {
    return content.reduce<number>((sum, part) => sum + textLength(part), 0);
  }
  if (!isRecord(content)) return 0;
  return textLength(content['text']) + textLength(content['content']);
}

/** A limit on the answer's length, as the caller states it; `undefined` where it states none. */
export function readMaxTokens(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
