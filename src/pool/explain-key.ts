import { DIMENSIONS } from '../core/dimensions.js';
import type { ExplanationReason, KeyExplanation } from '../core/explanation.js';
import { SCOPES } from '../failure/match-rules.js';
import type { CooldownScope } from '../key/key.js';
import type { Call } from './call.js';
import type { Cooldown, CooldownRecord } from './cooldowns.js';
import type { Withheld } from './earliest.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import type { PoolSeat } from './pool-seat.js';

/** Why the call can or cannot be served by the key now. */
export function explainKey(
  key: KeyRecord,
  call: Call,
  lane: Lane,
  now: number,
  withheld: Withheld | undefined,
): KeyExplanation {
  const {
    reason,
    words,
    readyAt = Infinity,
  } = outOfService(key) ?? notMeant(key, call) ?? timed(key, call, lane, now, withheld);
  return {
    id: key.id,
    ready: reason === 'ready',
    reason,
    ...(readyAt === Infinity ? {} : { readyAt }),
    sentence: `${key.id} ${words}${waiting(reason, readyAt, now)}`,
  };
}

/** Why a key can or cannot serve, in words that follow its id. */
interface Finding {
  readonly reason: ExplanationReason;
  readonly words: string;
  readonly readyAt?: number;
}

/** What no time alone would end. */
function outOfService(key: KeyRecord): Finding | undefined {
  const { exhausted } = key;
  if (key.isRotating) return { reason: 'draining', words: 'is being replaced by a backup' };
  if (key.isDraining) return { reason: 'draining', words: 'is being removed' };
  if (key.isDisabled) {
    return { reason: 'disabled', words: 'was disabled by hand; enable() brings it back' };
  }
  if (exhausted === undefined) return undefined;
  const then = key.slot === undefined ? 'enable() brings it back' : 'a backup will replace it';
  return { reason: 'exhausted', words: `${whatBefell(exhausted)} (${exhausted}); ${then}` };
}

/** A budget may be over by the provider's word or by a spend checker's: both give the same reason. */
function whatBefell(exhausted: string): string {
  if (exhausted === 'budget_exceeded') return 'has used up its budget';
  if (exhausted === 'proactive_threshold') return 'has nearly used up its budget';
  return Object.hasOwn(SCOPES, exhausted)
    ? 'was refused by the provider for good'
    : 'is out of service';
}

/** A key that the request will not have. */
function notMeant({ id }: KeyRecord, { request, excluded }: Call): Finding | undefined {
  if (request.key !== undefined && request.key !== id) {
    return { reason: 'excluded', words: `is not asked for: the request names "${request.key}"` };
  }
  if (excluded?.has(id) !== true) return undefined;
  const isByCaller = request.exclude?.includes(id) === true;
  const words = isByCaller ? 'is excluded by the request' : 'was tried already';
  return { reason: 'excluded', words };
}

/** What rests and limits say; whichever binds longest is named. */
function timed(
  key: KeyRecord,
  call: Call,
  lane: Lane,
  now: number,
  withheld: Withheld | undefined,
): Finding {
  const seat = lane.seatOf(key.group);
  if (seat === undefined) return canServe(now);
  const rests = seat.everyRestOf(key);
  const openAt = Math.max(key.askAgainAt ?? now, ...rests.map((rest) => rest.openAt(now)));
  const limitsAt = seat.limiter.readyAt(call.cost, now);
  const readyAt = Math.max(openAt, limitsAt);
  const keptUntil = withheld?.get(seat) ?? now;
  if (readyAt < Infinity && keptUntil > Math.max(now, readyAt)) {
    return { reason: 'kept', words: 'is kept for a call that came first', readyAt: keptUntil };
  }
  // How long calls in flight will take, nobody knows: an endless wait for them is not the longest.
  const isLimited = limitsAt > openAt && limitsAt < Infinity;
  const isHeldByLimits =
    isLimited || openAt <= now || seat.limiter.exceeded(call.cost) !== undefined;
  return isHeldByLimits
    ? limited(call, seat, now)
    : { reason: 'cooling', words: whyCooling(rests, openAt, now), readyAt };
}

function limited({ cost }: Call, { limiter, inFlight }: PoolSeat, now: number): Finding {
  const exceeded = limiter.exceeded(cost);
  if (exceeded !== undefined) {
    const { dimension, limit } = exceeded;
    const words = `can never serve ${cost[dimension]} ${dimension}: its limit is ${limit}`;
    return { reason: 'cost-exceeds-limit', words };
  }
  const readyAt = limiter.readyAt(cost, now);
  if (readyAt <= now) return canServe(now);
  if (readyAt === Infinity) {
    const { isGuessing, isFull } = limiter;
    const why = isGuessing && !isFull ? 'while its limits are unknown' : 'as many as it may have';
    const calls = inFlight === 1 ? '1 call' : `${inFlight} calls`;
    return { reason: 'in-flight', words: `has ${calls} in flight, ${why}` };
  }
  const views = limiter.view(now);
  const short = DIMENSIONS.flatMap((dimension) => {
    const { remaining = Infinity, limit } = views[dimension] ?? {};
    return remaining < cost[dimension] ? [`${remaining} of ${limit} ${dimension}`] : [];
  });
  const left = short.length === 0 ? '' : `: ${short.join(' and ')} left`;
  return { reason: 'limited', words: `is at its limit${left}`, readyAt };
}

function canServe(now: number): Finding {
  return { reason: 'ready', words: 'can serve', readyAt: now };
}

function whyCooling(rests: readonly CooldownRecord[], openAt: number, now: number): string {
  const rest = longestRest(rests, now);
  if (rest !== undefined) {
    const isAsked = openAt === Infinity && rests.some((each) => each.isAskedAbout);
    const asked = isAsked ? '; one call is asking whether that still holds' : '';
    return `rests (${describe(rest)})${asked}`;
  }
  return rests.some((each) => each.openAt(now) > now)
    ? 'has just recovered: calls go out a few at first'
    : 'asked in vain whether the host is back: others ask first';
}

function longestRest(records: readonly CooldownRecord[], now: number): Cooldown | undefined {
  let longest: Cooldown | undefined;
  for (const record of records) {
    const { current } = record;
    if (current === undefined || record.openAt(now) <= now) continue;
    if (longest === undefined || current.until > longest.until) longest = current;
  }
  return longest;
}

const WHOM: Readonly<Record<CooldownScope, string>> = {
  key: 'this key',
  'key-model': 'this key, for this model',
  group: 'its group',
  'group-model': 'its group, for this model',
  host: 'every key of this host',
};

function describe({ reason, source, scope, dimension }: Cooldown): string {
  const said = source === 'stated' ? 'the wait was stated' : 'the wait is a guess';
  const what = dimension === undefined ? reason : `${reason} in ${dimension}`;
  return `${what}, ${WHOM[scope]}; ${said}`;
}

function waiting(reason: ExplanationReason, readyAt: number, now: number): string {
  if (reason === 'ready' || readyAt === Infinity) return '';
  return `; ready in ${duration(readyAt - now)}`;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
