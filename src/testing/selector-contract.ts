import type { Seat, Selector, SelectorRequest } from '../selector/selector.js';
import { type FakeSeat, fakeSeat } from './fake-seat.js';

export interface SelectorRule {
  readonly name: string;
  /** Throws an `Error` that says what was expected where the selector breaks the rule. */
  run(makeSelector: () => Selector): void;
}

/**
 * What every selector must do, as data for any test runner:
 * `for (const { name, run } of selectorContract) it(name, () => run(makeSelector))`.
 *
 * `makeSelector` makes an empty one. All seats have weight 1 and tier 0, so a selector that starves
 * seats by design must treat equals alike. Give random selectors one stream for all that are made,
 * not a fresh seed each: by differing from one another they show that they are random.
 */
export const selectorContract: readonly SelectorRule[] = [
  { name: 'offers nothing while no seat is in', run: offersNothingWhileEmpty },
  { name: 'offers only seats that are in', run: offersOnlySeatsThatAreIn },
  { name: 'offers every seat once when each offer is set aside', run: offersEachOnceWhenSetAside },
  { name: 'offers a seat again after it was added back', run: offersAgainAfterReturn },
  { name: 'loses no seat by being asked', run: losesNoSeatByBeingAsked },
  { name: 'moves no turn on by being asked', run: movesNoTurnByBeingAsked },
  ...[1, 2, 3, 33, 64, 1025].map((count) => ({
    name: `offers each of ${count} ready seats in time`,
    run: (makeSelector: () => Selector) => offersEachInTime(makeSelector(), count),
  })),
  { name: 'agrees with a plain set over 10,000 random steps', run: agreesWithPlainSet },
  { name: 'gives a seat that follows on a forgotten one its due', run: servesSuccessors },
  { name: 'forks into an empty selector that shares no seats', run: forksIndependently },
];

function offersNothingWhileEmpty(makeSelector: () => Selector): void {
  const selector = makeSelector();
  expectOffer(selector, undefined);
  const [seat] = addSeats(selector, 1);
  expectOffer(selector, seat);
  if (seat !== undefined) selector.remove(seat);
  expectOffer(selector, undefined);
}

function offersOnlySeatsThatAreIn(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const seats = addSeats(selector, 40);
  const staying = new Set(seats.filter((seat) => seat.index % 3 === 1));
  for (const seat of seats) if (!staying.has(seat)) selector.remove(seat);
  for (let call = 0; call < 200; call += 1) lease(selector, offerFrom(selector, staying));
}

function offersEachOnceWhenSetAside(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const seats = addSeats(selector, 65);
  for (let call = 0; call < 5; call += 1) {
    lease(selector, offerFrom(selector, new Set(seats)));
    const setAside = drain(selector, new Set(seats));
    for (const seat of setAside) selector.add(seat);
  }
}

function offersAgainAfterReturn(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const seats = addSeats(selector, 5);
  for (const seat of seats) {
    const others = seats.filter((other) => other !== seat);
    for (const other of others) selector.remove(other);
    lease(selector, seat);
    selector.remove(seat);
    selector.add(seat);
    expectOffer(selector, seat);
    for (const other of others) selector.add(other);
  }
  drain(selector, new Set(seats));
}

function losesNoSeatByBeingAsked(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const seats = new Set(addSeats(selector, 7));
  for (let call = 0; call < 100; call += 1) offerFrom(selector, seats);
  drain(selector, seats);
}

/**
 * Twins are driven alike, but one of them is asked three times as often. Random twins differ anyway:
 * that is found out first, and the rule says nothing about them.
 */
function movesNoTurnByBeingAsked(makeSelector: () => Selector): void {
  if (findDifference(makeSelector(), makeSelector(), 1) !== undefined) return;
  const call = findDifference(makeSelector(), makeSelector(), 3);
  check(
    call === undefined,
    `expected next() to change nothing, but it changed the choice of call ${call}`,
  );
}

/** Number of the first call for which the twins name different seats. */
function findDifference(twin: Selector, other: Selector, asks: number): number | undefined {
  const seats = addSeats(twin, 7);
  for (const seat of seats) other.add(seat);
  for (let call = 0; call < 200; call += 1) {
    const chosen = offerFrom(twin, new Set(seats));
    for (let ask = 1; ask < asks; ask += 1) other.next({});
    if (other.next({}) !== chosen) return call;
    chosen.load = Math.min(0.9, chosen.load + 0.01);
    for (const selector of [twin, other]) lease(selector, chosen);
  }
  return undefined;
}

/**
 * Calls come, occupy a share of the seat's limit and end. Every other seat came when it was fully
 * loaded, and its load has fallen since without an update.
 */
function offersEachInTime(selector: Selector, count: number): void {
  const seats = new Set<FakeSeat>();
  for (let index = 0; index < count; index += 1) {
    const seat = fakeSeat({ index, load: index % 2 });
    seats.add(seat);
    selector.add(seat);
    seat.load = 0;
  }
  const waiting = new Set(seats);
  const running: FakeSeat[] = [];
  for (let call = 0; call < 40 * count + 100 && waiting.size > 0; call += 1) {
    const seat = offerFrom(selector, seats);
    waiting.delete(seat);
    seat.inFlight += 1;
    seat.load = Math.min(0.9, seat.load + 0.05);
    lease(selector, seat);
    running.push(seat);
    const done = running.length > 8 ? running.shift() : undefined;
    if (done !== undefined) done.inFlight -= 1;
    if (done !== undefined) selector.update(done);
  }
  check(
    waiting.size === 0,
    `expected every seat to be offered in time, ${namesOf(waiting)} never was`,
  );
}

function agreesWithPlainSet(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const draw = seededDraws(20_251_121);
  const seats = Array.from({ length: 70 }, (_, index) => fakeSeat({ index }));
  const ready = new Set<FakeSeat>();
  for (let step = 0; step < 10_000; step += 1) {
    const index = draw(seats.length);
    const seat = seats[index];
    if (seat === undefined) continue;
    const action = draw(10);
    if (action < 4) toggle(selector, ready, seat);
    else if (action < 6) change(selector, ready, seat, draw);
    else if (action < 9) askAndLease(selector, ready, draw);
    else seats[index] = replace(selector, ready, seat, step);
  }
  drain(selector, ready);
}

function toggle(selector: Selector, ready: Set<FakeSeat>, seat: FakeSeat): void {
  if (ready.delete(seat)) {
    selector.remove(seat);
    return;
  }
  ready.add(seat);
  selector.add(seat);
}

type Draw = (below: number) => number;

function change(selector: Selector, ready: Set<FakeSeat>, seat: FakeSeat, draw: Draw): void {
  seat.load = draw(11) / 10;
  seat.inFlight = draw(5);
  if (ready.has(seat) && draw(2) === 0) selector.update(seat);
}

function askAndLease(selector: Selector, ready: ReadonlySet<FakeSeat>, draw: Draw): void {
  const request: SelectorRequest = draw(2) === 0 ? {} : { affinity: `user-${draw(30)}` };
  if (ready.size === 0) {
    expectOffer(selector, undefined, request);
    return;
  }
  const seat = offerFrom(selector, ready, request);
  if (draw(4) !== 0) lease(selector, seat, request);
}

/** The seat leaves for good, and another gets its index. */
function replace(selector: Selector, ready: Set<FakeSeat>, seat: FakeSeat, step: number): FakeSeat {
  if (ready.has(seat)) toggle(selector, ready, seat);
  selector.forget?.(seat);
  return fakeSeat({ index: seat.index, id: `seat-${seat.index}-of-step-${step}` });
}

function servesSuccessors(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const seats = addSeats(selector, 5);
  for (const seat of seats) lease(selector, seat, { affinity: seat.id });
  const present = new Set<FakeSeat>();
  for (const seat of seats) {
    selector.remove(seat);
    selector.forget?.(seat);
    const successor = fakeSeat({ index: seat.index, id: `successor-${seat.index}` });
    selector.add(successor);
    present.add(successor);
  }
  for (const seat of seats) offerFrom(selector, present, { affinity: seat.id });
  selector.forget?.(fakeSeat({ index: 99 }));
  drain(selector, present);
}

function forksIndependently(makeSelector: () => Selector): void {
  const selector = makeSelector();
  const seats = new Set(addSeats(selector, 3));
  const fork = selector.fork?.();
  if (fork === undefined) return;
  check(fork !== selector, 'expected fork() to make another selector, it returned itself');
  expectOffer(fork, undefined);
  const ofFork = new Set(addSeats(fork, 2));
  drain(selector, seats);
  drain(fork, ofFork);
}

function addSeats(selector: Selector, count: number): readonly FakeSeat[] {
  const seats = Array.from({ length: count }, (_, index) => fakeSeat({ index }));
  for (const seat of seats) selector.add(seat);
  return seats;
}

function lease(selector: Selector, seat: FakeSeat, request: SelectorRequest = {}): void {
  selector.leased?.(seat, request);
  selector.update(seat);
}

/** Sets aside what is offered until nothing is; each seat must have come exactly once. */
function drain(selector: Selector, seats: ReadonlySet<FakeSeat>): readonly FakeSeat[] {
  const left = new Set(seats);
  const offered: FakeSeat[] = [];
  while (left.size > 0) {
    const seat = offerFrom(selector, left);
    selector.remove(seat);
    left.delete(seat);
    offered.push(seat);
  }
  expectOffer(selector, undefined);
  return offered;
}

/** The seat that is offered, which must be one of these. */
function offerFrom(
  selector: Selector,
  seats: ReadonlySet<FakeSeat>,
  request: SelectorRequest = {},
): FakeSeat {
  const offered = selector.next(request);
  for (const seat of seats) if (seat === offered) return seat;
  throw new Error(`Selector contract: expected one of ${namesOf(seats)}, got ${nameOf(offered)}`);
}

function expectOffer(
  selector: Selector,
  expected: Seat | undefined,
  request: SelectorRequest = {},
): void {
  const offered = selector.next(request);
  check(offered === expected, `expected ${nameOf(expected)}, got ${nameOf(offered)}`);
}

function check(isKept: boolean, message: string): void {
  if (!isKept) throw new Error(`Selector contract: ${message}`);
}

function nameOf(seat: Seat | undefined): string {
  return seat === undefined ? 'no seat' : `"${seat.id}"`;
}

function namesOf(seats: ReadonlySet<Seat>): string {
  const names = Array.from(seats, nameOf);
  return names.length > 5 ? `${names.length} seats from ${names[0]} on` : names.join(', ');
}

/** A linear congruential generator: whole numbers from 0 up to, not including, `below`. */
function seededDraws(seed: number): Draw {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
