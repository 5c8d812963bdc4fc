import type { Finisher } from './finisher.js';
import type { BackupDocument, Claim } from './schema.js';
import type { Steps } from './steps.js';

export interface SweepReport {
  readonly finished: number;
  readonly released: number;
  readonly pending: number;
}

/**
 * Finishes what others left undone: rolls forward where the slot still waits for it, else gives the
 * backup back. Any process may do it, at any time, beside any other and beside the owner itself.
 */
export class Recovery {
  readonly #steps: Steps;
  readonly #finisher: Finisher;
  readonly #now: () => number;
  #flight: Promise<SweepReport> | undefined;

  constructor(steps: Steps, finisher: Finisher, now: () => number) {
    this.#steps = steps;
    this.#finisher = finisher;
    this.#now = now;
  }

  /** Helps everyone at once, since backups ran out; one such sweep at a time in this process. */
  sweepNow(): Promise<SweepReport> {
    this.#flight ??= this.sweep(0).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  /**
   * Rejects with the first failure, once everything else is done.
   *
   * @param graceMs leaves claims alone that are younger: their owners are likely at work
   */
  async sweep(graceMs: number): Promise<SweepReport> {
    const report = { finished: 0, released: 0, pending: 0 };
    const failures: unknown[] = [];
    // Claims first: what they turn into meanwhile has a journal, which the second look finds.
    const reserved = await this.#steps.reservedBackups();
    for (const { j } of await this.#steps.unsettledSlots()) {
      if (j === null) continue;
      try {
        await this.#finisher.finish(j);
        report.finished += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    for (const backup of reserved) {
      const { claim } = backup;
      if (claim === null) continue;
      try {
        const isYoung = this.#isYoung(claim, graceMs);
        const outcome = isYoung ? 'pending' : await this.#decide(claim, backup);
        if (outcome !== undefined) report[outcome] += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return report;
  }

  /** A clock that is ahead of this one makes a claim look younger, not for ever young. */
  #isYoung({ at }: Claim, graceMs: number): boolean {
    return Math.abs(this.#now() - at) < graceMs;
  }

  async #decide(
    claim: Claim,
    backup: BackupDocument,
  ): Promise<'finished' | 'released' | undefined> {
    const slot = await this.#steps.slot(claim.slot);
    if (slot?.j?.a === claim.a) {
      await this.#finisher.finish(slot.j);
      return 'finished';
    }
    if (slot !== null && slot.gen === claim.g) {
      const { kind } = await this.#finisher.install(claim, backup, slot.fp);
      if (kind === 'quarantined') return undefined;
      return kind === 'installed' ? 'finished' : 'released';
    }
    if (slot !== null && slot.gen < claim.g) return undefined;
    return (await this.#finisher.release(claim, backup)) ? 'released' : undefined;
  }
}
