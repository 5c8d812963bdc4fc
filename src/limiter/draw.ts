/** What one call took of one bucket. */
export interface Draw {
  /** Position of the call in the order of sending. */
  readonly order: number;
  /** What the call took, by its last word. */
  said: number;
  /** What the own count charges it with: more than said, where not all could be given back. */
  charged: number;
  isPending: boolean;
  /** What the bucket had charged in all when the call was sent. */
  readonly chargedBefore: number;
}
