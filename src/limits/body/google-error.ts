import { isRecord } from '../../core/options.js';
import type { Dimension } from '../../key/key.js';
import type { Readings } from '../family.js';
import { limitReading, type Received } from '../limit-reading.js';
import { parseCount } from '../parse/number.js';
import { windowName } from '../parse/units.js';
import { ReadingsDraft } from '../readings-draft.js';
import { waitInField } from './wait-in-text.js';

/** What the details of a Google error say. */
export interface GoogleFindings {
  readonly readings: Readings;
  readonly retryAfterMs?: number | undefined;
  /** Whether a quota of a day comes with a wait of less than an hour: the wait is wrong. */
  readonly isMisleading: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MAX_DETAILS = 16;

/**
 * Gemini's `QuotaFailure` and `RetryInfo`. A quota of a day is whole at midnight in California; the
 * delay beside it was 43 s in one recording and 19 h in another, so that a short one says nothing.
 * @see https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function readGoogleError(details: unknown, received: Received): GoogleFindings {
  const parts = Array.isArray(details) ? details.slice(0, MAX_DETAILS).filter(isRecord) : [];
  const delayMs = parts
    .map(({ retryDelay }) => waitInField(retryDelay))
    .find((ms) => ms !== undefined);
  const violations = parts.flatMap(({ violations: each }) =>
    Array.isArray(each) ? each.slice(0, MAX_DETAILS).filter(isRecord) : [],
  );
  const quotas = violations.map(quotaOf).filter((quota) => quota !== undefined);
  const isOfADay = quotas.some(({ windowMs }) => windowMs === DAY_MS);
  const isMisleading = isOfADay && (delayMs ?? 0) < HOUR_MS;
  const draft = new ReadingsDraft();
  for (const dimension of new Set(quotas.map((quota) => quota.dimension))) {
    const alike = quotas.filter((quota) => quota.dimension === dimension);
    draft.addAll(
      dimension,
      alike.map(({ limit, windowMs }, index) => {
        // Refused means that less than the call's cost is left: of requests, nothing.
        const remaining = dimension === 'requests' ? 0 : undefined;
        const resetMs = windowMs === DAY_MS && !isMisleading ? delayMs : undefined;
        const understood = { limit, remaining, resetMs, windowMs, kind: 'window' } as const;
        return { name: windowName(windowMs, index), reading: limitReading(understood, received) };
      }),
    );
  }
  return { readings: draft.done(), retryAfterMs: delayMs, isMisleading };
}

/** What the longest of the quotas among `ids` is on; other texts name no quota. */
export function quotaDimension(ids: readonly string[]): Dimension | undefined {
  const quotas = ids.filter((id) => windowOfQuota(id) !== undefined);
  const [longest] = quotas.sort((a, b) => (windowOfQuota(b) ?? 0) - (windowOfQuota(a) ?? 0));
  return longest === undefined ? undefined : dimensionOfQuota(longest, '');
}

interface Quota {
  readonly dimension: Dimension;
  /** Left out where the tier has none of it at all. */
  readonly limit: number | undefined;
  readonly windowMs: number | undefined;
}

/** `GenerateRequestsPerDayPerProjectPerModel-FreeTier` and the like. */
function quotaOf({ quotaId, quotaMetric, quotaValue }: Readonly<Record<string, unknown>>) {
  if (typeof quotaId !== 'string') return undefined;
  const limit = typeof quotaValue === 'string' ? parseCount(quotaValue) : undefined;
  const metric = typeof quotaMetric === 'string' ? quotaMetric : '';
  const quota: Quota = {
    dimension: dimensionOfQuota(quotaId, metric),
    limit,
    windowMs: windowOfQuota(quotaId),
  };
  return quota;
}

function dimensionOfQuota(quotaId: string, metric: string): Dimension {
  if (/Input_?Token/i.test(quotaId) || /input_token/.test(metric)) return 'inputTokens';
  if (/Output_?Token/i.test(quotaId) || /output_token/.test(metric)) return 'outputTokens';
  return /Token/i.test(quotaId) ? 'tokens' : 'requests';
}

function windowOfQuota(quotaId: string): number | undefined {
  if (/PerDay/.test(quotaId)) return DAY_MS;
  return /PerMinute/.test(quotaId) ? 60_000 : undefined;
}
