/** Slots of one pool lie side by side in the index of `_id`, in the order in which they were made. */
export function newSlotId(pool: string, now: number, order: number, suffix: string): string {
  const instant = now.toString(36).padStart(9, '0');
  return `${pool}:${instant}${order.toString(36).padStart(6, '0')}${suffix}`;
}

/** The range of `_id` in which the slots of the pool are. */
export function slotsOf(pool: string): { $gte: string; $lt: string } {
  // A semicolon is the next character after a colon.
  return { $gte: `${pool}:`, $lt: `${pool};` };
}
