/** How many keys may be lost in how long. */
export interface LossCapOptions {
  /** Of the keys that serve; at least one may go, two where a store has backups. @defaultValue 0.5 */
  readonly share?: number;
  /** Milliseconds. @defaultValue 60_000 */
  readonly windowMs?: number;
}

export const LOSS_CAP_NAMES = {
  share: true,
  windowMs: true,
} satisfies Record<keyof LossCapOptions, true>;

/**
 * Keeps a pool from giving its keys up all at once, whatever the answers say: a rule that is wrong
 * about one key is wrong about all of them. Keys that never served are not counted.
 */
export class LossCap {
  readonly #share: number;
  readonly #windowMs: number;
  readonly #lostAt: number[] = [];

  constructor({ share, windowMs }: Required<LossCapOptions>) {
    this.#share = share;
    this.#windowMs = windowMs;
  }

  /**
   * Whether one more of `serving` keys may go; takes note that it does. `areReplaced`: each that went
   * has a successor among them.
   */
  take(serving: number, now: number, areReplaced: boolean): boolean {
    while ((this.#lostAt[0] ?? Infinity) <= now - this.#windowMs) this.#lostAt.shift();
    const before = areReplaced ? serving : serving + this.#lostAt.length;
    // The first backup may be dead as well: else a pool of one key would be down for a window.
    const least = areReplaced ? 2 : 1;
    const allowed = Math.max(least, Math.floor(before * this.#share));
    if (this.#lostAt.length >= allowed) return false;
    this.#lostAt.push(now);
    return true;
  }
}
