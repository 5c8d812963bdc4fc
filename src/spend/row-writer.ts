import type { SpendSettings } from './options.js';
import type { SpendHistory, SpendRow } from './spend-history.js';

/** Rows of rotations that could not be written and are tried again. */
const MAX_KEPT = 1_000;

/**
 * Writes history without letting it get in the way: a failed write is logged, once until one works
 * again, and nobody waits longer than a probe may take. Rows of rotations are kept and tried again.
 */
export class RowWriter {
  readonly #history: SpendHistory;
  readonly #settings: SpendSettings;
  #kept: SpendRow[] = [];
  /** Rows that are being written. */
  readonly #open = new Set<Promise<void>>();
  #retrying: Promise<void> | undefined;
  #isFailing = false;
  #isStopped = false;

  constructor(history: SpendHistory, settings: SpendSettings) {
    this.#history = history;
    this.#settings = settings;
  }

  /** Resolves when the row is written, given up, or takes too long. Never rejects. */
  async save(row: SpendRow): Promise<void> {
    const writing = this.#inTime(this.#save(row));
    this.#open.add(writing);
    await writing;
    this.#open.delete(writing);
  }

  /** Waits for what is being written, and tries what failed once more. Nothing is written afterwards. */
  async stop(): Promise<void> {
    await Promise.all(this.#open);
    if (this.#kept.length > 0) await this.#inTime(this.#retry());
    this.#isStopped = true;
    if (this.#kept.length === 0) return;
    const details = { rows: this.#kept.length };
    this.#settings.logger.error(details, 'Rotations are missing in the history of spend');
  }

  async #save(row: SpendRow): Promise<void> {
    const isWritten = await this.#write(row);
    if (isWritten) return this.#retry();
    if (row.event === 'rotated' && this.#kept.length < MAX_KEPT) this.#kept.push(row);
  }

  /** One at a time: two at once would each write what is kept. */
  #retry(): Promise<void> {
    this.#retrying ??= this.#writeKept().finally(() => {
      this.#retrying = undefined;
    });
    return this.#retrying;
  }

  async #writeKept(): Promise<void> {
    // Each stays among the kept until it is written.
    for (const row of [...this.#kept]) {
      if (this.#isStopped) return;
      const isWritten = await this.#write(row);
      if (isWritten) this.#kept = this.#kept.filter((each) => each !== row);
    }
  }

  async #write(row: SpendRow): Promise<boolean> {
    const { logger } = this.#settings;
    try {
      await this.#history.save(row);
      if (this.#isFailing) logger.info({}, 'The history of spend is written again');
      this.#isFailing = false;
      return true;
    } catch (error) {
      const details = { keyId: row.keyId, error };
      if (!this.#isFailing) logger.warn(details, 'The history of spend could not be written');
      this.#isFailing = true;
      return false;
    }
  }

  async #inTime(write: Promise<void>): Promise<void> {
    const { clock, timeoutMs } = this.#settings;
    let timer: unknown;
    const timeout = new Promise<void>((resolve) => {
      timer = clock.setTimer(resolve, timeoutMs);
    });
    await Promise.race([write, timeout]);
    clock.clearTimer(timer);
  }
}
