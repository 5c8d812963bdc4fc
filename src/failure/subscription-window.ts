import { type HeaderReader, headerText, visitHeaders } from '../limits/headers.js';
import { type Anchor, parseWait, unitless } from '../limits/parse/reset.js';

/** What Anthropic's headers say of a subscription that is used up. */
export interface SubscriptionRefusal {
  /** Whether a window of all models is; else one of a family of models, as `7d_sonnet`. */
  readonly allModels: boolean;
  /** Until the last of the refusing windows reopens. */
  readonly retryAfterMs?: number;
}

const PREFIX = 'anthropic-ratelimit-unified-';
const STATUS = /^anthropic-ratelimit-unified-(\d{1,4}[mhd](?:_[a-z\d]{1,20})?)-status$/;

/** Asked for by name where headers cannot be listed. */
const KNOWN = ['5h', '7d', '7d_oi', '7d_opus', '7d_sonnet'].map(
  (name) => `${PREFIX}${name}-status`,
);

/** Claims of windows that all models share. */
const SHARED_CLAIMS: readonly (string | undefined)[] = [undefined, 'five_hour', 'seven_day'];

/**
 * A refusal by a window of a subscription. The claim alone refuses nothing, it stands on successes
 * too; a burst is refused while the windows are `allowed`.
 */
export function subscriptionRefusal(
  source: unknown,
  header: HeaderReader,
  anchor: Anchor,
): SubscriptionRefusal | undefined {
  const windows = new Set<string>();
  visitHeaders(source, KNOWN, (name, value) => {
    const [, window] = STATUS.exec(name.toLowerCase()) ?? [];
    if (window !== undefined && headerText(value) === 'rejected') windows.add(window);
  });
  if (windows.size === 0 && header(`${PREFIX}status`) !== 'rejected') return undefined;
  // Where no window says so itself, the claim names it; without one, every model may be refused.
  const allModels =
    windows.size === 0
      ? SHARED_CLAIMS.includes(header(`${PREFIX}representative-claim`))
      : [...windows].some((window) => !window.includes('_'));
  const waits = [...windows]
    .map((window) => parseWait(header(`${PREFIX}${window}-reset`) ?? '', anchor, unitless))
    .filter((ms) => ms !== undefined);
  return waits.length === 0 ? { allModels } : { allModels, retryAfterMs: Math.max(...waits) };
}
