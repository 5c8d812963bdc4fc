import type { KeyView } from '../key/key.js';
import type { Seat } from '../selector/selector.js';

/** A seat for tests, whose numbers the test changes at will. */
export interface FakeSeat extends Seat {
  load: number;
  inFlight: number;
}

export interface FakeSeatOptions {
  readonly index: number;
  /** @defaultValue `seat-` and the index */
  readonly id?: string;
  /** @defaultValue 1 */
  readonly weight?: number;
  /** @defaultValue 0 */
  readonly tier?: number;
  /** 0 to 1. @defaultValue 0 */
  readonly load?: number;
  /** @defaultValue 0 */
  readonly inFlight?: number;
}

/** A seat with one ready key, whose id is the seat's own. */
export function fakeSeat({
  index,
  id = `seat-${index}`,
  weight = 1,
  tier = 0,
  load = 0,
  inFlight = 0,
}: FakeSeatOptions): FakeSeat {
  return { index, id, weight, tier, load, inFlight, views: viewsOfSeat };
}

// One function for all seats: the contract makes many thousands.
function viewsOfSeat(this: Seat): readonly KeyView[] {
  const { id, load, inFlight, weight, tier } = this;
  const nothing = { labels: {}, limits: {}, cooldowns: [] };
  return [{ id, state: 'ready', group: id, load, inFlight, weight, tier, ...nothing }];
}
