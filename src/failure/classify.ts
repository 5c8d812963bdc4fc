import { waitInField, waitInText } from '../limits/body/wait-in-text.js';
import { type HeaderReader, headerReader } from '../limits/headers.js';
import { writtenAt } from '../limits/parse/reset.js';
import { readRetryAfter } from '../limits/parse/retry-after.js';
import { type Envelope, readEnvelope } from './envelope.js';
import type { Failure, FailureClass, FailureFacts, FailureScope } from './failure.js';
import { RULES, type Rule } from './rules.js';
import { scrub } from './scrub.js';
import { byStatus } from './status-fallback.js';

/**
 * What a response says of the key, the group, the host or the caller. Total: an unreadable body
 * leaves the status to decide, and an unreadable response harms nobody.
 */
export function classify(facts: FailureFacts): Failure {
  try {
    return decide(facts);
  } catch {
    return { class: 'bad_request', scope: 'none', confidence: 'status' };
  }
}

const SCOPES: Readonly<Record<FailureClass, FailureScope>> = {
  ok: 'none',
  rate_limited: 'group',
  overloaded: 'host',
  server_error: 'host',
  quota_exhausted: 'group',
  budget_exceeded: 'key',
  invalid_key: 'key',
  forbidden: 'none',
  bad_request: 'none',
};

/** Classes that end by themselves; for the others a wait would promise too much. */
const PASSING: ReadonlySet<FailureClass> = new Set([
  'rate_limited',
  'overloaded',
  'server_error',
  'quota_exhausted',
]);

/** An explicit wait beyond an hour is a quota, not a throttle. */
const THROTTLE_MS = 3_600_000;

type Finding = Pick<Failure, 'class' | 'confidence' | 'code'> & { readonly rule?: Rule };

/** All that the rules look at. */
interface Signs {
  readonly provider: string;
  /** Of the response, or of the error that the body of a success holds. */
  readonly status: number;
  readonly header: HeaderReader;
  readonly codes: readonly string[];
  readonly text: string;
}

function decide(facts: FailureFacts): Failure {
  const envelope = readEnvelope(facts.body);
  const isSuccess = facts.status >= 200 && facts.status < 300;
  if (isSuccess && !envelope.isError) return { class: 'ok', scope: 'none', confidence: 'status' };

  const signs = signsOf(facts, envelope, isSuccess);
  const finding: Finding = byRules(signs) ?? byStatus(signs.status, isSuccess);
  const waitMs = PASSING.has(finding.class)
    ? waitOf(signs, envelope, facts.now, finding)
    : undefined;
  const failureClass =
    finding.class === 'rate_limited' ? throttleOrQuota(signs, waitMs) : finding.class;
  // Gemini sends seconds beside a quota of a day.
  const isMisleading = namesDailyQuota(signs) && (waitMs ?? 0) <= THROTTLE_MS;
  const code = finding.code ?? signs.codes.find((candidate) => !/^\d+$/.test(candidate));
  const message = scrub(envelope.texts[0] ?? '');
  return {
    class: failureClass,
    scope: finding.rule?.scope ?? SCOPES[failureClass],
    confidence: finding.confidence,
    ...(waitMs === undefined || isMisleading ? {} : { retryAfterMs: waitMs }),
    ...(code === undefined ? {} : { code: scrub(code) }),
    ...(message === '' ? {} : { message }),
  };
}

function signsOf(facts: FailureFacts, envelope: Envelope, isSuccess: boolean): Signs {
  const header = headerReader(facts.headers);
  // Bedrock names its errors in a header: `ThrottlingException:http://…`.
  const amazonType = header('x-amzn-errortype')?.split(':')[0];
  return {
    provider: typeof facts.provider === 'string' ? facts.provider.toLowerCase() : '',
    status: isSuccess ? (envelope.status ?? 0) : facts.status,
    header,
    codes: amazonType === undefined ? envelope.codes : [amazonType, ...envelope.codes],
    text: envelope.texts.join('\n'),
  };
}

function byRules(signs: Signs): Finding | undefined {
  for (const rule of RULES) {
    if (!isApplicable(rule, signs)) continue;
    const code = signs.codes.find((candidate) => rule.codes?.includes(candidate.toLowerCase()));
    if (code !== undefined) return { class: rule.class, confidence: 'structured', code, rule };
    const isSaid = rule.text?.test(signs.text) === true || rule.when?.(signs.text) === true;
    if (isSaid) return { class: rule.class, confidence: 'text', rule };
    const isStatusOnly = !rule.codes && !rule.text && !rule.when;
    if (isStatusOnly) return { class: rule.class, confidence: 'status', rule };
  }
  return undefined;
}

function isApplicable(rule: Rule, { status, provider }: Signs): boolean {
  if (rule.statuses?.includes(status) === false) return false;
  if (status >= (rule.below ?? Infinity)) return false;
  if (rule.exceptProviders?.includes(provider) === true) return false;
  return rule.providers?.includes(provider) !== false;
}

/** Headers first; the body only where they are silent. */
function waitOf(
  signs: Signs,
  envelope: Envelope,
  now: number,
  { rule }: Finding,
): number | undefined {
  const anchor = { writtenAt: writtenAt(signs.header, now) };
  return (
    readRetryAfter(signs.header, anchor) ??
    waitInField(envelope.wait ?? '') ??
    waitInText(signs.text, anchor.writtenAt) ??
    rule?.waitMs
  );
}

function throttleOrQuota(signs: Signs, waitMs: number | undefined): FailureClass {
  if ((waitMs ?? 0) > THROTTLE_MS || namesDailyQuota(signs)) return 'quota_exhausted';
  if (waitMs !== undefined) return 'rate_limited';
  // An explicit short wait wins over the word: limits per day often roll.
  if (/\bper[- ](?:day|month)\b|\/ ?(?:day|month)\b|\bdaily\b|\bmonthly\b/i.test(signs.text)) {
    return 'quota_exhausted';
  }
  // Spend caps come as a bare 429 that is not to be retried (Anthropic).
  const isFinal = signs.status === 429 && signs.header('x-should-retry') === 'false';
  return isFinal ? 'quota_exhausted' : 'rate_limited';
}

/** Gemini's quotaId, such as `GenerateRequestsPerDayPerProjectPerModel`. */
function namesDailyQuota({ codes }: Signs): boolean {
  return codes.some((code) => /PerDay/.test(code));
}
