/** What a check found and did. Holds no secret. */
export interface SpendRow {
  readonly keyId: string;
  /** When the check ended, in epoch milliseconds. */
  readonly at: number;
  /** Of which instant the figures are. */
  readonly asOf?: number;
  readonly spent?: number;
  readonly limit?: number | null;
  readonly remaining?: number;
  /** Absent while no reading has told it. */
  readonly unit?: string;
  readonly burnPerHour?: number;
  /** Whether the provider answered. */
  readonly ok: boolean;
  /** Why not: the `kind` of the `SpendProbeError`, or `rotation`. */
  readonly error?: string;
  /** The HTTP status of an answer that was of no use. */
  readonly status?: number;
  /**
   * `rotated`: a backup took the key's place by this check. `exhausted`: there was none, the key is
   * parked. `reset`: the spend fell or the budget grew. `recovered`: and the key serves again.
   */
  readonly event?: SpendRowEvent;
  /** `budget_exceeded` or `proactive_threshold`. */
  readonly reason?: string;
  /** Beside the reason: what was recorded that no figure shows yet, and was counted all the same. */
  readonly unseen?: number;
  /** Id of the key that serves in its place. */
  readonly replacedBy?: string;
  /** Of the key that serves in its place, in its slot of the store. */
  readonly generation?: number;
  /** How long the check took. */
  readonly ms: number;
}

export type SpendRowEvent = 'rotated' | 'exhausted' | 'reset' | 'recovered';

/** Which rows are asked for: those that fit every field given. */
export interface SpendFilter {
  readonly keyId?: string;
  readonly event?: SpendRowEvent;
  /** Epoch milliseconds: rows of this instant or later. */
  readonly since?: number;
  /** How many at most, the newest. @defaultValue all */
  readonly limit?: number;
}

/** Where rows are kept. A row of a rotation may come twice and is kept once. */
export interface SpendHistory {
  save(row: SpendRow): Promise<void>;
  /** Oldest first. */
  list(filter?: SpendFilter): Promise<readonly SpendRow[]>;
}
