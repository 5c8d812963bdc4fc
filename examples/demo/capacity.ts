import type { CapacityUse } from 'keypool/testing';

/** What a call takes on average, in the unit of each limit. */
export type MeanCost = Readonly<Record<CapacityUse['dimension'], number>>;

/** The limit that an organisation runs into first. */
export interface Binding {
  readonly organisation: string;
  readonly dimension: CapacityUse['dimension'];
  /** used / allowed. */
  readonly share: number;
  /** How many average calls it allows. */
  readonly calls: number;
}

type Capacity = Pick<CapacityUse, 'organisation' | 'dimension' | 'allowed' | 'used'>;

/** Each organisation's tightest limit, by what an average call takes of it. */
export function bindings(capacity: readonly Capacity[], mean: MeanCost): readonly Binding[] {
  const tightest = new Map<string, Binding>();
  for (const { organisation, dimension, allowed, used } of capacity) {
    const calls = allowed / mean[dimension];
    if (calls >= (tightest.get(organisation)?.calls ?? Infinity)) continue;
    tightest.set(organisation, { organisation, dimension, share: used / allowed, calls });
  }
  return [...tightest.values()];
}

/** Average calls that all organisations allow together. */
export const callsAllowed = (all: readonly Binding[]): number =>
  all.reduce((sum, { calls }) => sum + calls, 0);

/** Share of the capacity used, each organisation weighted by the calls it allows. */
export const shareUsed = (all: readonly Binding[]): number =>
  all.reduce((sum, { calls, share }) => sum + calls * share, 0) / callsAllowed(all);
