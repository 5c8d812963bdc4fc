import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { attempt, Patience } from './patience.js';
import type { BackupDocument, Claim, Journal, SlotDocument } from './schema.js';
import type { Steps } from './steps.js';

/** How a claim ended. */
export type Installation =
  /** The backup is in the slot, by this claim. */
  | { readonly kind: 'installed'; readonly slot: SlotDocument }
  /** The slot went to another: the backup is free again. */
  | { readonly kind: 'lost' }
  /** The backup cannot be used: its secret is in use. */
  | { readonly kind: 'quarantined' };

export interface FinisherOptions {
  readonly steps: Steps;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Carries a claim through, its owner's or another's: the second half of a rotation. */
export class Finisher {
  readonly #steps: Steps;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #logger: Logger;

  constructor({ steps, clock, random, logger }: FinisherOptions) {
    this.#steps = steps;
    this.#clock = clock;
    this.#random = random;
    this.#logger = logger;
  }

  newPatience(): Patience {
    return new Patience(this.#clock, this.#random);
  }

  /**
   * S3 to S6, in this order: while the journal is there, the slot cannot change hands again, so none
   * of them can come late to a rotation that is over. The backup leaves `reserved` before the journal
   * goes, so a claim that is still `reserved` then has lost.
   */
  async finish(journal: Journal): Promise<void> {
    const patience = this.newPatience();
    await patience.persist(() => this.#steps.markUsed(journal));
    await this.#carry(journal, patience);
    await patience.persist(() => this.#steps.record(journal));
    await patience.persist(() => this.#steps.settle(journal));
  }

  /** A unique index of the caller's own may forbid it for ever: that must not hold up the rest. */
  async #carry({ from, to }: Journal, patience: Patience): Promise<void> {
    for (const { collection, prepare } of this.#steps.carriers) {
      const details = { collection, from, to };
      let carry: () => Promise<void>;
      try {
        carry = prepare(from, to);
      } catch (error) {
        this.#logger.error(
          { ...details, error },
          'Dependents stay with the old key: toField failed',
        );
        continue;
      }
      if ((await patience.persist(carry)) === 'done') continue;
      const message = 'Dependents stay with the old key: a unique index forbids the new one';
      this.#logger.error(details, message);
    }
  }

  /** The rotation has happened, whatever becomes of the rest: a failure is left to recovery. */
  async finishOrLeave(journal: Journal): Promise<void> {
    try {
      await this.finish(journal);
    } catch (error) {
      const { slot, from, to } = journal;
      this.#logger.warn({ error, slot, from, to }, 'A rotation is done, but not finished yet');
    }
  }

  /** S2, then the rest. `fromFp`: fingerprint of the key that leaves. */
  async install(claim: Claim, backup: BackupDocument, fromFp: string): Promise<Installation> {
    // The same id, added at once as a key and as a backup: it must not replace itself.
    if (backup.keyId === claim.from) return this.#setAside(claim, backup);
    const patience = this.newPatience();
    for (;;) {
      const swapped = await attempt(() => this.#steps.swap(claim, backup, fromFp));
      if (swapped.kind === 'duplicate') return this.#setAside(claim, backup);
      if (swapped.kind === 'done' && swapped.value !== null) return this.#installed(swapped.value);
      const slot = await this.#steps.slot(claim.slot);
      if (slot?.j?.a === claim.a) return this.#installed(slot);
      if (slot?.gen !== claim.g) return this.#giveBack(claim, backup, slot);
      if (slot.fp === backup.fp) return this.#setAside(claim, backup);
      await patience.spend(swapped.kind === 'unknown' ? swapped.error : undefined);
    }
  }

  /** The slot is gone or has a later generation: this claim can never match again. */
  async #giveBack(
    claim: Claim,
    backup: BackupDocument,
    slot: SlotDocument | null,
  ): Promise<Installation> {
    // An earlier generation than the claim's was read before a failover undid it: that may come again.
    if (slot === null || slot.gen > claim.g) await this.release(claim, backup);
    return { kind: 'lost' };
  }

  /** Returns whether it was this call that gave the backup back. */
  async release(claim: Claim, backup: BackupDocument): Promise<boolean> {
    let matched = 0;
    await this.newPatience().persist(async () => {
      matched = await this.#steps.release(backup, claim);
    });
    return matched === 1;
  }

  async #installed(slot: SlotDocument): Promise<Installation> {
    if (slot.j !== null) await this.finishOrLeave(slot.j);
    return { kind: 'installed', slot };
  }

  /**
   * The backup's secret is active already, in another slot or in this one. Fence first: else someone
   * who helps with the same claim could still install what is set aside here.
   */
  async #setAside(claim: Claim, backup: BackupDocument): Promise<Installation> {
    const patience = this.newPatience();
    for (;;) {
      const fenced = await attempt(() => this.#steps.fence(claim));
      if (fenced.kind === 'done' && fenced.value === 1) break;
      const slot = await this.#steps.slot(claim.slot);
      if (slot?.j?.a === claim.a) return this.#installed(slot);
      if (slot?.gen !== claim.g) break;
      await patience.spend(fenced.kind === 'unknown' ? fenced.error : undefined);
    }
    await patience.persist(() => this.#steps.quarantine(backup, claim));
    this.#logger.error(
      { keyId: backup.keyId, slot: claim.slot },
      'A backup was set aside: its secret or its id is that of an active key',
    );
    return { kind: 'quarantined' };
  }
}
