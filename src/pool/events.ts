import type { CooldownView, Dimension, LimitView } from '../key/key.js';

/** What a pool announces. Payloads are plain and hold no secrets; instants are epoch milliseconds. */
export interface PoolEvents {
  leased: { id: string; group: string; modelClass: string; waitedMs: number };
  /** `isEstimated`: the real cost was never said, so the reserved one stays charged. */
  released: { id: string; group: string; modelClass: string; heldMs: number; isEstimated: boolean };
  /** `id`: the key whose call brought it about; `modelClass`: where the rest is of one class only. */
  cooled: CooldownView & { id: string; group: string; modelClass?: string };
  /** A rest ended by good news or by the caller, not by time alone. */
  recovered: { id: string; group: string; scope: CooldownView['scope'] };
  /** The provider will not have the key any more: it leases no further call. */
  exhausted: { id: string; group: string; reason: string };
  limitsLearned: {
    id: string;
    group: string;
    modelClass: string;
    limits: Readonly<Partial<Record<Dimension, LimitView>>>;
  };
  /** Keys declared as two groups report one organisation: they probably share limits. */
  groupSuspected: { groups: readonly string[]; organisation: string };
  keyAdded: { id: string; group: string };
  keyRemoved: { id: string; group: string };
  /** A lease was never released within its time to live; its estimate stays charged. */
  leaseExpired: { id: string; group: string; modelClass: string; heldMs: number };
}
