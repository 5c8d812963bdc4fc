import { type BareItem, parseDictionary, parseList } from 'structured-headers';
import { parseCount } from './number.js';

/** A member of a structured list: an item and its parameters. */
export interface StructuredMember {
  readonly item: string | number | undefined;
  readonly parameters: ReadonlyMap<string, string | number>;
}

/** Members beyond these are not looked at. */
const MAX_MEMBERS = 16;

/**
 * The members of a structured list (RFC 9651), such as `"default";q=100;w=60`. What is in the wild
 * breaks the grammar, so that a strict parser alone would read nothing: Hugging Face writes
 * `"fixed window";"api";q=1000;w=300`, where a parameter's name must stand.
 */
export function structuredList(text: string): readonly StructuredMember[] {
  try {
    return parseList(text)
      .slice(0, MAX_MEMBERS)
      .map(([item, parameters]) => ({
        item: Array.isArray(item) ? undefined : plain(item),
        parameters: plainParameters(parameters),
      }));
  } catch {
    return lenientMembers(text);
  }
}

/** The integers of a structured dictionary, such as `limit=100, remaining=50, reset=5`. */
export function structuredCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  try {
    for (const [name, [value]] of parseDictionary(text)) {
      if (typeof value === 'number' && Number.isInteger(value)) counts.set(name, value);
    }
  } catch {
    return new Map();
  }
  return counts;
}

function plainParameters(parameters: ReadonlyMap<string, BareItem>): Map<string, string | number> {
  const plainOnes = new Map<string, string | number>();
  for (const [name, value] of parameters) {
    const text = plain(value);
    if (text !== undefined) plainOnes.set(name, text);
  }
  return plainOnes;
}

function plain(item: BareItem): string | number | undefined {
  if (typeof item === 'number' || typeof item === 'string') return item;
  return typeof item === 'object' && 'toString' in item && !('byteLength' in item)
    ? String(item)
    : undefined;
}

function lenientMembers(text: string): StructuredMember[] {
  return splitOutsideQuotes(text, ',').slice(0, MAX_MEMBERS).map(lenientMember);
}

function lenientMember(text: string): StructuredMember {
  let item: string | number | undefined;
  const parameters = new Map<string, string | number>();
  for (const part of splitOutsideQuotes(text, ';')) {
    const [, name, value = ''] = /^([a-z*][\w.*-]*)\s*=\s*(.*)$/i.exec(part) ?? [];
    if (name === undefined) item = numberOrText(part);
    else parameters.set(name.toLowerCase(), numberOrText(value));
  }
  return { item, parameters };
}

function numberOrText(text: string): string | number {
  return parseCount(text) ?? text.replace(/^"(.*)"$/, '$1');
}

function splitOutsideQuotes(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) {
      parts.push(part.trim());
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part.trim()].filter((each) => each !== '');
}
