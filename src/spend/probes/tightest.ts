/** Figures of one budget among several that hold at the same time. */
export interface Figures {
  readonly spent?: number;
  readonly limit?: number | null;
}

/** The budget of which the largest share is used; one without a limit bounds nothing. */
export function tightest<Budget extends Figures>(budgets: readonly Budget[]): Budget | undefined {
  let found: Budget | undefined;
  let largest = -Infinity;
  for (const budget of budgets) {
    const share = shareOf(budget);
    if (share === undefined || share <= largest) continue;
    found = budget;
    largest = share;
  }
  return found;
}

function shareOf({ spent, limit }: Figures): number | undefined {
  if (typeof limit !== 'number' || spent === undefined) return undefined;
  return limit > 0 ? spent / limit : Infinity;
}
