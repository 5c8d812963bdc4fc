import type { Finisher } from './finisher.js';
import { type Identity, isOwnClaim } from './identity.js';
import { attempt } from './patience.js';
import type { Recovery } from './recovery.js';
import type { BackupDocument, Claim, Journal, SlotDocument } from './schema.js';
import type { Steps } from './steps.js';

export type ProtocolOutcome =
  | { readonly outcome: 'rotated'; readonly slot: SlotDocument; readonly journal: Journal }
  | { readonly outcome: 'already-rotated'; readonly slot: SlotDocument }
  | { readonly outcome: 'no-backup' }
  | { readonly outcome: 'unknown-key' };

export interface ProtocolOptions {
  readonly steps: Steps;
  readonly finisher: Finisher;
  readonly recovery: Recovery;
  readonly identity: Identity;
  readonly now: () => number;
  readonly random: () => number;
  /** Rejects where this process cannot open the backup's secret. */
  readonly open: (backup: BackupDocument) => Promise<void>;
}

/** How often a call waits for others that hold the last backups, before it says there are none. */
const MAX_WAITS = 50;

/**
 * Rotation by one compare-and-set. A round: look where the key is (S0), reserve a backup (S1), swap
 * (S2) and finish (S3 to S6). Whatever goes wrong in between ends the round, and the next one begins
 * by looking again: what it then finds tells who won.
 */
export class RotationProtocol {
  readonly #options: ProtocolOptions;

  constructor(options: ProtocolOptions) {
    this.#options = options;
  }

  /** @param isWanted asked of the slot at each look; where it says no, the key is `unknown-key` */
  async rotate(
    keyId: string,
    reason: string,
    isWanted: (slot: SlotDocument) => boolean = () => true,
  ): Promise<ProtocolOutcome> {
    const { steps, finisher, recovery, identity } = this.#options;
    const call = identity.newCall();
    const patience = finisher.newPatience();
    let isSwept = false;
    for (let round = 1, waits = 0; ; round += 1) {
      const slot = await steps.slotOfKey(keyId);
      if (slot === null) return this.#whereItWent(keyId, call);
      if (slot.j !== null) {
        await finisher.finish(slot.j);
        continue;
      }
      if (!isWanted(slot)) return { outcome: 'unknown-key' };
      const claim = this.#newClaim(`${call}:${round}`, slot, reason);
      const claimed = await this.#claim(claim);
      if (claimed.kind === 'unknown') {
        await patience.spend(claimed.error);
        continue;
      }
      if (claimed.backup !== null) {
        await this.#checkOpens(claim, claimed.backup);
        const installed = await finisher.install(claim, claimed.backup, slot.fp);
        if (installed.kind !== 'installed') continue;
        const { j } = installed.slot;
        if (j !== null) return { outcome: 'rotated', slot: installed.slot, journal: j };
        continue;
      }
      // Whoever reserved the last backups may have lost its race, or died.
      if (!isSwept) {
        // What cannot be finished elsewhere is no reason to leave this key without a backup.
        await recovery.sweepNow().catch(() => undefined);
        isSwept = true;
        continue;
      }
      if (waits < MAX_WAITS && (await steps.countReserved()) > 0) {
        await patience.pause(waits);
        waits += 1;
        isSwept = false;
        continue;
      }
      const exhausted = await attempt(() => steps.exhaust(slot, reason));
      if (exhausted.kind === 'done' && exhausted.value === 1) return { outcome: 'no-backup' };
      if (exhausted.kind === 'unknown') await patience.spend(exhausted.error);
    }
  }

  async reinstate(keyId: string): Promise<void> {
    const { steps, finisher } = this.#options;
    await finisher.newPatience().persist(() => steps.reinstate(keyId));
  }

  /**
   * The key is not active. In this order, since a rotation leaves the journal only once it is in
   * history. Any claim of this call is this call's: the network may deliver the first one late, when
   * a second was made already, and somebody helps with either.
   */
  async #whereItWent(keyId: string, call: string): Promise<ProtocolOutcome> {
    const { steps, finisher } = this.#options;
    const left = await steps.slotLeftBy(keyId);
    if (left !== null && left.j !== null) {
      if (!isOwnClaim(left.j.a, call)) return { outcome: 'already-rotated', slot: left };
      await finisher.finishOrLeave(left.j);
      return { outcome: 'rotated', slot: left, journal: left.j };
    }
    const record = await steps.rotationOf(keyId);
    const slot = record === null ? null : await steps.slot(record.slot);
    if (record === null || slot === null) return { outcome: 'unknown-key' };
    if (!isOwnClaim(record.a, call)) return { outcome: 'already-rotated', slot };
    return { outcome: 'rotated', slot, journal: record };
  }

  /** Whoever cannot use the backup must not use it up. */
  async #checkOpens(claim: Claim, backup: BackupDocument): Promise<void> {
    const { open, finisher } = this.#options;
    try {
      await open(backup);
    } catch (error) {
      await finisher.release(claim, backup);
      throw error;
    }
  }

  #newClaim(a: string, { _id, gen, keyId }: SlotDocument, reason: string): Claim {
    const { now, identity } = this.#options;
    return { a, slot: _id, g: gen, from: keyId, reason, at: now(), order: identity.nextOrder() };
  }

  /** S1. A claim whose reply was lost is looked for; where it is not there, the round is over. */
  async #claim(
    claim: Claim,
  ): Promise<
    | { readonly kind: 'known'; readonly backup: BackupDocument | null }
    | { readonly kind: 'unknown'; readonly error: unknown }
  > {
    const { steps, random } = this.#options;
    const claimed = await attempt(() => steps.claim(claim, random()));
    if (claimed.kind === 'done') return { kind: 'known', backup: claimed.value };
    const backup = await steps.claimed(claim);
    if (backup !== null) return { kind: 'known', backup };
    return { kind: 'unknown', error: claimed.kind === 'unknown' ? claimed.error : undefined };
  }
}
