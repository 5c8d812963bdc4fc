import { resembled } from '../core/known-names.js';
import { oneOf } from '../core/options.js';
import type { FailureClass } from '../failure/failure.js';
import type { CooldownView, Dimension, LimitView } from '../key/key.js';
import type { OverBudgetReason } from '../spend/spend-pool.js';
import type { SpendView } from '../spend/spend-probe.js';

export interface RotationDetails {
  /** The key that was replaced. */
  id: string;
  /** Its group; of a key that this pool never had, its successor's. */
  group: string;
  /** The key that serves in its place. */
  to: string;
  slot: string;
  generation: number;
  reason: string;
}

/** What a pool announces. Payloads are plain and hold no secrets; instants are epoch milliseconds. */
export interface PoolEvents {
  leased: { id: string; group: string; modelClass: string; waitedMs: number };
  /** `isEstimated`: the real cost was never said, so the reserved one stays charged. */
  released: { id: string; group: string; modelClass: string; heldMs: number; isEstimated: boolean };
  /** `id`: the key whose call brought it about; `modelClass`: where the rest is of one class only. */
  cooled: CooldownView & { id: string; group: string; modelClass?: string };
  /** A rest ended by good news or by the caller, not by time alone. */
  recovered: { id: string; group: string; scope: CooldownView['scope'] };
  /** The key leases no further call: the provider will not have it, and it is not replaced yet. */
  exhausted: { id: string; group: string; reason: string };
  limitsLearned: {
    id: string;
    group: string;
    modelClass: string;
    limits: Readonly<Partial<Record<Dimension, LimitView>>>;
  };
  /** Keys declared as two groups report one organisation: they probably share limits. */
  groupSuspected: { groups: readonly string[]; organisation: string };
  /** A backup took the key's place, by this pool's doing. */
  rotated: RotationDetails;
  /** The same, by another's: this pool has the successor too. */
  alreadyRotated: RotationDetails;
  /** The store failed; the key serves no longer, and the rotation is tried again. */
  rotationFailed: { id: string; group: string; reason: string; error: unknown };
  /**
   * Most of the keys that had served fail alike within seconds, so it is the host or the way to it:
   * no key is punished until one call comes back well. `id`: the key whose failure raised it.
   */
  outageSuspected: {
    id: string;
    /** The provider's origin, or its name. */
    host: string;
    class: FailureClass;
    /** When the first of them failed. */
    since: number;
    /** How many failed alike, of how many that had served; groups where limits are concerned. */
    failed: number;
    active: number;
  };
  /** A provider said what a key has spent. */
  spendChecked: SpendView & { id: string; group: string };
  /**
   * A key reached its budget, or the threshold below it, and is about to be replaced: by its newest
   * reading and by what was recorded that the reading does not show yet (`unseen`).
   */
  overBudget: {
    id: string;
    group: string;
    reason: OverBudgetReason;
    unseen: number;
    spend?: SpendView;
  };
  keyAdded: { id: string; group: string };
  keyRemoved: { id: string; group: string };
  /** A lease was never released within its time to live; its estimate stays charged. */
  leaseExpired: { id: string; group: string; modelClass: string; heldMs: number };
}

const EVENT_NAMES = {
  leased: true,
  released: true,
  cooled: true,
  recovered: true,
  exhausted: true,
  limitsLearned: true,
  groupSuspected: true,
  rotated: true,
  alreadyRotated: true,
  rotationFailed: true,
  outageSuspected: true,
  spendChecked: true,
  overBudget: true,
  keyAdded: true,
  keyRemoved: true,
  leaseExpired: true,
} satisfies Record<keyof PoolEvents, true>;

/** @throws InvalidOptionError that says which event was meant, or else all that there are */
export function checkEvent(event: string): void {
  if (Object.hasOwn(EVENT_NAMES, event)) return;
  const names = Object.keys(EVENT_NAMES);
  const meant = typeof event === 'string' ? resembled(event, names) : undefined;
  oneOf('event', event, meant === undefined ? names : [meant]);
}
