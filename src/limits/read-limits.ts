import { DIMENSIONS } from '../core/dimensions.js';
import { beside } from './body/beside.js';
import { type BodyFindings, readBody } from './body/limits-in-body.js';
import { type Found, readByFamily } from './choose-family.js';
import { collectHeaders } from './collect-headers.js';
import { VOCABULARY } from './families/all.js';
import type { HeaderFamily, ReadContext, Readings } from './family.js';
import { attempt, headerReader } from './headers.js';
import type { LimitUpdate, ResponseFacts } from './limit-update.js';
import { writtenAt } from './parse/reset.js';
import { demandsWait, readDemandedWait, readRetryAfter } from './parse/retry-after.js';
import { isEmpty } from './readings-draft.js';

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
  const { header, names, unlisted, isRelayed } = collected;
  const context: ReadContext = {
    header,
    names,
    unlisted,
    status,
    provider: typeof provider === 'string' ? provider.toLowerCase() : '',
    now,
    writtenAt: writtenAt(header, now),
  };
  // Each on its own: what throws on one side must not hide the other.
  const own = family && attempt(() => readOwn(family, headers, context));
  const found = own ?? readByFamily(collected, context);
  const said = attempt(() => readBody(body, context));
  const update: Draft = beside(found.readings, { ...readQuoted(said, context), ...said?.readings });
  const retryAfterMs = statedWait(update, context) ?? found.waitMs ?? said?.retryAfterMs;
  if (retryAfterMs !== undefined) update.retryAfterMs = retryAfterMs;
  // Behind a gateway the upstream's organisation is not ours to name.
  const named = isRelayed && own === undefined ? undefined : plainName(found.group);
  const group = named ?? (context.provider === 'groq' ? said?.group : undefined);
  if (group !== undefined) update.group = group;
  return update;
}

type Draft = { -readonly [Field in keyof LimitUpdate]: LimitUpdate[Field] };

/** A caller's family may ask for any header. */
function readOwn(family: HeaderFamily, headers: unknown, context: ReadContext): Found | undefined {
  const header = headerReader(headers);
  const readings = family.read({ ...context, header });
  const group = family.group?.(header);
  return isEmpty(readings) && group === undefined ? undefined : { readings, group };
}

/** A gateway's error may quote its upstream's headers. */
function readQuoted(said: BodyFindings | undefined, context: ReadContext): Readings {
  if (said?.headers === undefined) return {};
  const collected = collectHeaders(said.headers, VOCABULARY);
  const { header, names, unlisted } = collected;
  return readByFamily(collected, { ...context, header, names, unlisted }).readings;
}

/** On a success a Retry-After counts only where the limit is overdrawn. */
function statedWait(readings: Readings, context: ReadContext): number | undefined {
  const { status, header } = context;
  if (demandsWait(context)) return readDemandedWait(context);
  const isSuccess = status >= 200 && status < 300;
  return isSuccess && isOverdrawn(readings) ? readRetryAfter(header, context) : undefined;
}

function isOverdrawn(readings: Readings): boolean {
  return DIMENSIONS.some((dimension) => (readings[dimension]?.remaining ?? 0) < 0);
}

// A name becomes a map's key and a line in a log.
function plainName(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w.:@/ -]{1,200}$/.test(text) ? text : undefined;
}
