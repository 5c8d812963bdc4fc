import { anyOf } from '../core/any-of.js';
import { waitInField, waitInText } from '../limits/body/wait-in-text.js';
import type { HeaderReader } from '../limits/headers.js';
import { LONGEST_MS } from '../limits/parse/bounds.js';
import { writtenAt } from '../limits/parse/reset.js';
import { readRetryAfter } from '../limits/parse/retry-after.js';
import type { Envelope } from './envelope.js';
import type { Failure, FailureClass, FailureFacts } from './failure.js';
import { limitedDimension } from './limited-dimension.js';
import { type Finding, SCOPES, type Signs } from './match-rules.js';
import { quotedWait } from './quoted-wait.js';
import { type SubscriptionRefusal, subscriptionRefusal } from './subscription-window.js';

/** What a verdict is made of. */
export interface Evidence {
  readonly envelope: Envelope;
  readonly header: HeaderReader;
  readonly signs: Signs;
  readonly finding: Finding;
}

/** Classes that end by themselves; for the others a wait would promise too much. */
const PASSING: ReadonlySet<FailureClass> = new Set([
  'rate_limited',
  'overloaded',
  'server_error',
  'quota_exhausted',
]);

/** An explicit wait beyond an hour is a quota, not a throttle. */
const THROTTLE_MS = 3_600_000;

/** The class, on whom it acts, and for how long. */
export function verdict(facts: FailureFacts, evidence: Evidence): Omit<Failure, 'confidence'> {
  const { header, signs, finding } = evidence;
  if (!PASSING.has(finding.class)) {
    return { class: finding.class, scope: finding.rule?.scope ?? SCOPES[finding.class] };
  }
  const anchor = { writtenAt: writtenAt(header, facts.now) };
  const isThrottle = finding.class === 'rate_limited' && finding.isOwn !== true;
  const subscription = isThrottle ? subscriptionRefusal(facts.headers, header, anchor) : undefined;
  const waitMs = waitOf(evidence, anchor.writtenAt) ?? subscription?.retryAfterMs;
  const failureClass = isThrottle ? throttleOrQuota(evidence, waitMs, subscription) : finding.class;
  // Gemini sends seconds beside a quota of a day.
  const isMisleading = namesDailyQuota(signs) && (waitMs ?? 0) <= THROTTLE_MS;
  const allModels = subscription?.allModels ?? finding.rule?.allModels ?? isGlobal(header);
  const isLimit = failureClass === 'rate_limited' || failureClass === 'quota_exhausted';
  const dimension = isLimit ? limitedDimension(signs.codes, signs.text, header) : undefined;
  return {
    class: failureClass,
    scope: subscription === undefined ? (finding.rule?.scope ?? SCOPES[failureClass]) : 'key',
    ...(isLimit && allModels ? { allModels } : {}),
    ...(dimension === undefined ? {} : { dimension }),
    ...(waitMs === undefined || isMisleading ? {} : { retryAfterMs: waitMs }),
  };
}

/** Headers first; the body only where they are silent. */
function waitOf({ header, envelope, signs, finding }: Evidence, now: number): number | undefined {
  const stated =
    readRetryAfter(header, { writtenAt: now }) ??
    waitInField(envelope.wait ?? '') ??
    quotedWait(envelope.headers, { writtenAt: now }) ??
    waitInText(signs.text, now);
  if (stated !== undefined) return stated;
  const documented = finding.rule?.waitMs ?? Number.NaN;
  return documented >= 0 && documented <= LONGEST_MS ? documented : undefined;
}

function throttleOrQuota(
  { signs, header }: Evidence,
  waitMs: number | undefined,
  subscription: SubscriptionRefusal | undefined,
): FailureClass {
  if (subscription !== undefined) return 'quota_exhausted';
  if ((waitMs ?? 0) > THROTTLE_MS || namesDailyQuota(signs)) return 'quota_exhausted';
  if (waitMs !== undefined) return 'rate_limited';
  // An explicit short wait wins over the word: limits per day often roll.
  if (LONG_WINDOW.test(signs.text)) return 'quota_exhausted';
  // Spend caps come as a bare 429 that is not to be retried (Anthropic).
  const isSpendCap = signs.status === 429 && header('x-should-retry') === 'false';
  return isSpendCap ? 'quota_exhausted' : 'rate_limited';
}

const LONG_WINDOW = anyOf(
  /(?:\bper[- ]|\/ ?)(?:day|week|month)\b/i,
  /\b(?:daily|weekly|monthly)\b/i,
  /\b24[- ]hours?\b/i,
  /\b(?:current|this) (?:week|month|billing)\b/i,
  /\b[RT]PD\b/i, // Groq: "requests per day (RPD)"
);

/** Gemini's quotaId, such as `GenerateRequestsPerDayPerProjectPerModel`. */
function namesDailyQuota({ codes }: Signs): boolean {
  return codes.some((code) => /PerDay/.test(code));
}

/** Discord's limit across all routes. */
function isGlobal(header: HeaderReader): boolean {
  return header('x-ratelimit-global') === 'true' || header('x-ratelimit-scope') === 'global';
}
