import type { Explanation, ExplanationReason, KeyExplanation } from '../core/explanation.js';
import { SCOPES } from '../failure/match-rules.js';
import type { CooldownScope } from '../key/key.js';
import type { Call } from './call.js';
import type { Cooldown, CooldownRecord } from './cooldowns.js';
import type { Withheld } from './earliest.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import type { PoolSeat } from './pool-seat.js';
import type { Roster } from './roster.js';

/** Keys in an error's explanation, at most. */
const EXPLAINED_KEYS = 20;

/** Why the call can or cannot be served now, key by key. */
export function explain(
  call: Call,
  lane: Lane,
  records: Iterable<KeyRecord>,
  now: number,
  withheld?: Withheld,
): Explanation {
  const keys = [...records].map((key) => explainKey(key, call, lane, now, withheld));
  const ready = keys.some((key) => key.ready);
  const retryAt = keys.reduce(
    (first, { readyAt = Infinity }) => Math.min(first, readyAt),
    Infinity,
  );
  return { ready, ...(retryAt === Infinity ? {} : { retryAt }), keys };
}

/** The same for an error, of which a pool of thousands of keys may make many. */
export function explainBriefly(
  call: Call,
  lane: Lane,
  roster: Roster,
  now: number,
  withheld?: Withheld,
): Explanation {
  const first: KeyRecord[] = [];
  for (const key of roster.keys()) {
    if (first.length === EXPLAINED_KEYS) break;
    first.push(key);
  }
  const explanation = explain(call, lane, first, now, withheld);
  const omitted = roster.size - first.length;
  return omitted > 0 ? { ...explanation, omitted } : explanation;
}

function explainKey(
  key: KeyRecord,
  call: Call,
  lane: Lane,
  now: number,
  withheld: Withheld | undefined,
): KeyExplanation {
  const say = (reason: ExplanationReason, words: string, readyAt = Infinity): KeyExplanation => ({
    id: key.id,
    ready: reason === 'ready',
    reason,
    ...(readyAt === Infinity ? {} : { readyAt }),
    sentence: `${key.id} ${words}${waiting(reason, readyAt, now)}`,
  });

  if (key.isRotating) return say('draining', 'is being replaced by a backup');
  if (key.isDraining) return say('draining', 'is being removed');
  if (key.isDisabled) return say('disabled', 'was disabled by hand; enable() brings it back');
  if (key.exhausted !== undefined) {
    const then = key.slot === undefined ? 'enable() brings it back' : 'a backup will replace it';
    return say('exhausted', `${outOfService(key.exhausted)} (${key.exhausted}); ${then}`);
  }
  const { key: pinned } = call.request;
  if (pinned !== undefined && pinned !== key.id)
    return say('excluded', `is not asked for: the request names "${pinned}"`);
  if (call.excluded?.has(key.id) === true) {
    const isByCaller = call.request.exclude?.includes(key.id) === true;
    return say('excluded', isByCaller ? 'is excluded by the request' : 'was tried already');
  }

  const seat = lane.seatOf(key.group);
  if (seat === undefined) return say('ready', 'can serve', now);
  const rests = seat.restsOf(key);
  const openAt = Math.max(key.askAgainAt ?? now, ...rests.map((each) => each.openAt(now)));
  const limitsAt = seat.limiter.readyAt(call.cost, now);
  // Whatever binds longest is named; how long calls in flight will take, nobody knows.
  const readyAt = Math.max(openAt, limitsAt);
  const keptUntil = withheld?.get(seat) ?? now;
  if (readyAt < Infinity && keptUntil > Math.max(now, readyAt)) {
    return say('kept', 'is kept for a call that came first', keptUntil);
  }
  const isLimited = limitsAt > openAt && limitsAt < Infinity;
  if (isLimited || openAt <= now || seat.limiter.exceeded(call.cost) !== undefined) {
    return explainLimits(call, seat, now, say);
  }
  const rest = longestRest(rests, now);
  if (rest !== undefined) {
    const isAsked = openAt === Infinity && rests.some((each) => each.isAskedAbout);
    const asked = isAsked ? '; one call is asking whether that still holds' : '';
    return say('cooling', `rests (${describe(rest)})${asked}`, readyAt);
  }
  const isRamping = rests.some((each) => each.openAt(now) > now);
  const words = isRamping
    ? 'has just recovered: calls go out a few at first'
    : 'asked in vain whether the host is back: others ask first';
  return say('cooling', words, readyAt);
}

/** A budget may be over by the provider's word or by a spend checker's: both give the same reason. */
function outOfService(reason: string): string {
  if (reason === 'budget_exceeded') return 'has used up its budget';
  if (reason === 'proactive_threshold') return 'has nearly used up its budget';
  return Object.hasOwn(SCOPES, reason)
    ? 'was refused by the provider for good'
    : 'is out of service';
}

function explainLimits(
  { cost }: Call,
  seat: PoolSeat,
  now: number,
  say: (reason: ExplanationReason, words: string, readyAt?: number) => KeyExplanation,
): KeyExplanation {
  const exceeded = seat.limiter.exceeded(cost);
  if (exceeded !== undefined) {
    const { dimension, limit } = exceeded;
    const words = `can never serve ${cost[dimension]} ${dimension}: its limit is ${limit}`;
    return say('cost-exceeds-limit', words);
  }
  const readyAt = seat.limiter.readyAt(cost, now);
  if (readyAt <= now) return say('ready', 'can serve', now);
  if (readyAt === Infinity) {
    const { isGuessing, isFull } = seat.limiter;
    const why = isGuessing && !isFull ? 'while its limits are unknown' : 'as many as it may have';
    const calls = seat.inFlight === 1 ? '1 call' : `${seat.inFlight} calls`;
    return say('in-flight', `has ${calls} in flight, ${why}`);
  }
  const short = Object.entries(seat.limiter.view(now))
    .filter(([dimension, { remaining }]) => remaining < cost[dimension as keyof typeof cost])
    .map(([dimension, { remaining, limit }]) => `${remaining} of ${limit} ${dimension}`);
  const left = short.length === 0 ? '' : `: ${short.join(' and ')} left`;
  return say('limited', `is at its limit${left}`, readyAt);
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
  if (reason === 'ready') return '';
  if (readyAt === Infinity) return '';
  return `; ready in ${duration(readyAt - now)}`;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
