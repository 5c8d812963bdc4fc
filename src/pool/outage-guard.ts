import type { FailureClass } from '../failure/failure.js';

/** Keys, or groups where limits are shared: what fails, or not, on its own account. */
export interface Servant {
  /** When a call of it last came back well; `undefined` while none did. */
  readonly servedAt: number | undefined;
}

/** A failure that may be the host's. */
export interface Evidence {
  readonly servant: Servant;
  readonly class: FailureClass;
  readonly modelClass: string;
  /** All that could have failed alike. */
  readonly all: () => Iterable<Servant>;
}

/** Failures alike of several servants, with no good answer between them. */
interface Run {
  readonly class: FailureClass;
  readonly since: number;
  readonly failed: Set<Servant>;
  readonly modelClasses: Set<string>;
}

export interface Suspicion {
  readonly class: FailureClass;
  /** When the first of them failed, in epoch milliseconds. */
  readonly since: number;
  /** Grows with each that fails in vain to show that it is over. */
  readonly failed: Set<Servant>;
  /** Those that had served before and could have failed. */
  readonly active: number;
}

/** Fewer that fail alike may have a reason each. */
const FEWEST = 3;
/** Failures that took longer to gather are not of one kind. */
const TOGETHER_MS = 10_000;
/** A model class that served within this time, and does not fail, shows that the host is there. */
const MODEL_ACTIVE_MS = 60_000;
/** Who has not served for longer is not asked whether it still would. */
const ACTIVE_MS = 600_000;

/**
 * Tells the fault of the host, or of the way to it, from that of the keys: when most of those that had
 * served fail alike within seconds and nothing comes back well, no key is to blame. An IP block that
 * turned every key 429 emptied other pools. Keys that never served are no evidence.
 */
export class OutageGuard {
  #run: Run | undefined;
  #suspicion: Suspicion | undefined;
  /** When each model class last served. */
  readonly #modelServedAt = new Map<string, number>();
  /** Who has not served since the last outage may be what was wrong: it is no evidence of another. */
  #evidenceSince = -Infinity;

  /** Whether failures of this class are the host's for now. */
  isSuspected(failure: FailureClass): boolean {
    return this.#suspicion?.class === failure;
  }

  get suspectedSince(): number {
    return this.#suspicion?.since ?? Infinity;
  }

  /**
   * A call sent at `sentAt` came back well: it was not the host, or it is over. Returns the suspicion
   * that this ends.
   */
  served(sentAt: number, modelClass: string, now: number): Suspicion | undefined {
    this.#modelServedAt.set(modelClass, now);
    if (this.#run !== undefined && sentAt >= this.#run.since) this.#run = undefined;
    const suspicion = this.#suspicion;
    if (suspicion === undefined || sentAt < suspicion.since) return undefined;
    this.#suspicion = undefined;
    this.#evidenceSince = sentAt;
    return suspicion;
  }

  /** The caller says that the host is to be asked again. */
  reset(): void {
    this.#run = undefined;
    this.#suspicion = undefined;
  }

  /** Takes note of a failure. Returns the suspicion when this is what raises it. */
  failed(
    { servant, class: failure, modelClass, all }: Evidence,
    now: number,
  ): Suspicion | undefined {
    if (this.isSuspected(failure)) {
      this.#suspicion?.failed.add(servant);
      return undefined;
    }
    if (!this.#isEvidence(servant, now)) return undefined;
    const run = this.#runOf(failure, now);
    run.failed.add(servant);
    run.modelClasses.add(modelClass);
    if (run.failed.size < FEWEST || this.#servesAnotherModel(run)) return undefined;
    let active = 0;
    for (const each of all()) active += this.#isEvidence(each, run.since) ? 1 : 0;
    if (run.failed.size * 2 <= active) return undefined;
    this.#run = undefined;
    this.#suspicion = { class: failure, since: run.since, failed: run.failed, active };
    return this.#suspicion;
  }

  #servesAnotherModel({ since, modelClasses }: Run): boolean {
    for (const [modelClass, servedAt] of this.#modelServedAt) {
      if (servedAt >= since - MODEL_ACTIVE_MS && !modelClasses.has(modelClass)) return true;
    }
    return false;
  }

  #isEvidence({ servedAt }: Servant, at: number): boolean {
    if (servedAt === undefined || servedAt < this.#evidenceSince) return false;
    return servedAt >= at - ACTIVE_MS;
  }

  #runOf(failure: FailureClass, now: number): Run {
    const run = this.#run;
    if (run?.class === failure && now - run.since <= TOGETHER_MS) return run;
    this.#run = { class: failure, since: now, failed: new Set(), modelClasses: new Set() };
    return this.#run;
  }
}
