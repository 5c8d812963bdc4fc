import type { SpendFigures, SpendReading } from '../spend-probe.js';

/**
 * Several budgets that hold at the same time, as one reading: the key's own comes first. Where it has
 * none, the one of the rest that has least left does. Budgets without a limit bound nothing.
 */
export function combined(
  own: SpendFigures,
  rest: readonly SpendFigures[],
): Omit<SpendReading, 'unit' | 'asOf'> {
  const bounding = rest.filter(hasLimit).sort((one, other) => leftOf(one) - leftOf(other));
  const [first = own, ...others] = hasLimit(own) ? [own, ...bounding] : bounding;
  return others.length === 0 ? first : { ...first, others };
}

export function isUsedUp(budget: SpendFigures): boolean {
  return hasLimit(budget) && leftOf(budget) <= 0;
}

function hasLimit({ limit }: SpendFigures): boolean {
  return typeof limit === 'number';
}

function leftOf({ spent = 0, limit }: SpendFigures): number {
  return (limit ?? Infinity) - spent;
}
