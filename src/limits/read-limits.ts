import { type BodyFindings, readBody } from './body/limits-in-body.js';
import { type CollectedHeaders, collectHeaders } from './collect-headers.js';
import { FAMILIES, VOCABULARY } from './families/all.js';
import type { HeaderFamily, ReadContext, Readings } from './family.js';
import { headerReader } from './headers.js';
import type { LimitUpdate, ResponseFacts } from './limit-update.js';
import { parseDate } from './parse/date.js';
import { demandsWait, readRetryAfter } from './parse/retry-after.js';

/** A response whose limits are to be read. */
export interface LimitFacts extends ResponseFacts {
  /** A preset's name; without it the headers tell the family. */
  readonly provider?: string;
  /** A family of your own, asked before the others: see `defineHeaderFamily`. */
  readonly family?: HeaderFamily | undefined;
  /** Epoch milliseconds at which the response arrived. */
  readonly now: number;
}

/**
 * What a response says of its limits. Total: what is not understood is left out, never guessed.
 * No wait and no window is longer than 400 days, none is negative, and every number is finite.
 */
export function readLimits(facts: LimitFacts): LimitUpdate {
  try {
    return read(facts);
  } catch {
    return {};
  }
}

function read({ provider, family, status, headers, body, now }: LimitFacts): LimitUpdate {
  if (!Number.isFinite(now)) return {};
  const collected = collectHeaders(headers, VOCABULARY);
  const { header, unlisted, isRelayed } = collected;
  const date = header('date');
  const context: ReadContext = {
    header,
    unlisted,
    status,
    provider: typeof provider === 'string' ? provider.toLowerCase() : '',
    now,
    writtenAt: (date === undefined ? undefined : parseDate(date)) ?? now,
  };
  const own = family === undefined ? undefined : readOwn(family, headers, context);
  const found = own ?? readKnown(collected, context);
  const said = readBody(body, context);
  const update: Draft = { ...readQuoted(said, context), ...said?.readings, ...found.readings };
  const retryAfterMs = statedWait(update, context) ?? said?.retryAfterMs;
  if (retryAfterMs !== undefined) update.retryAfterMs = retryAfterMs;
  // Behind a gateway the upstream's organisation is not ours to name.
  const group = isRelayed ? undefined : (plainName(found.group) ?? said?.group);
  if (group !== undefined) update.group = group;
  return update;
}

type Draft = { -readonly [Field in keyof LimitUpdate]: LimitUpdate[Field] };

interface Found {
  readonly readings: Readings;
  readonly group?: string | undefined;
}

/** A caller's family may ask for any header. */
function readOwn(family: HeaderFamily, headers: unknown, context: ReadContext): Found | undefined {
  const header = headerReader(headers);
  const readings = family.read({ ...context, header });
  return isEmpty(readings) ? undefined : { readings, group: family.group?.(header) };
}

/** By the provider's family if its headers are there, else by the family that the headers betray. */
function readKnown(collected: CollectedHeaders, context: ReadContext): Found {
  const hinted = FAMILY_OF_PROVIDER.get(context.provider);
  const readings = hinted?.read(context) ?? {};
  const isHinted = hinted !== undefined && !isEmpty(readings);
  const family = isHinted ? hinted : (familyIn(collected) ?? hinted);
  return {
    readings: isHinted ? readings : (family?.read(context) ?? {}),
    group: family?.group?.(context.header),
  };
}

/** A gateway's error may quote its upstream's headers. */
function readQuoted(said: BodyFindings | undefined, context: ReadContext): Readings {
  if (said?.headers === undefined) return {};
  const collected = collectHeaders(said.headers, VOCABULARY);
  const { header, unlisted } = collected;
  return readKnown(collected, { ...context, header, unlisted }).readings;
}

const FAMILY_OF_PROVIDER: ReadonlyMap<string, HeaderFamily> = new Map(
  FAMILIES.flatMap((family) => family.providers.map((name) => [name, family] as const)),
);

function familyIn({ ranked, unlisted }: CollectedHeaders): HeaderFamily | undefined {
  if (unlisted.length === 0) return FAMILIES[ranked];
  const named = FAMILIES.findIndex(({ pattern }) => unlisted.some((name) => pattern?.test(name)));
  return FAMILIES[named < 0 ? ranked : Math.min(named, ranked)];
}

function isEmpty(readings: Readings): boolean {
  for (const _ in readings) return false;
  return true;
}

/** On a success a Retry-After counts only where the limit is overdrawn. */
function statedWait(readings: Readings, context: ReadContext): number | undefined {
  const { status, header } = context;
  const isBinding =
    demandsWait(context) || (status >= 200 && status < 300 && isOverdrawn(readings));
  return isBinding ? readRetryAfter(header, context) : undefined;
}

function isOverdrawn({ requests, tokens, inputTokens, outputTokens }: Readings): boolean {
  return [requests, tokens, inputTokens, outputTokens].some(
    (reading) => (reading?.remaining ?? 0) < 0,
  );
}

// A name becomes a map's key and a line in a log.
function plainName(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.:@/ -]{1,200}$/.test(text) ? text : undefined;
}
