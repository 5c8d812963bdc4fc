import { isRecord } from '../core/options.js';
import { classify } from '../failure/classify.js';
import type { LimitUpdate, ResponseFacts } from '../limits/limit-update.js';
import type { Announcer } from './announcer.js';
import type { Consequences } from './consequences.js';
import type { PoolLease, Verdict } from './lease.js';
import type { Settings } from './options.js';
import { Organisations } from './organisations.js';
import type { Roster } from './roster.js';
import { withoutSecret } from './without-secret.js';

/** What a response says: of limits, of who shares them, and of the call. `Consequences` follow. */
export class Judge {
  readonly #settings: Settings;
  readonly #roster: Roster;
  readonly #announce: Announcer;
  readonly #consequences: Consequences;
  readonly #organisations: Organisations;

  constructor(settings: Settings, roster: Roster, announce: Announcer, consequences: Consequences) {
    this.#settings = settings;
    this.#roster = roster;
    this.#announce = announce;
    this.#consequences = consequences;
    this.#organisations = new Organisations(roster, announce);
  }

  observe(lease: PoolLease, response: ResponseFacts, now: number): Verdict {
    const { provider, failureRules: rules } = this.#settings;
    const { status, headers } = response;
    const body = isStream(response.body) ? undefined : response.body;
    const answered = { status, headers, body, now };
    const facts = { provider: provider.name, ...answered, rules, secret: lease.secret };
    const limits = this.#ask('readLimits', () => provider.readLimits(answered)) ?? {};
    const said = this.#ask('classify', () => provider.classify(facts)) ?? classify(facts);
    const failure = withoutSecret(said, lease.secret);
    this.#learn(lease, limits, now);
    const { answer } = lease;
    // Observed twice, it is one answer still: nothing is counted twice.
    const action =
      answer?.class === failure.class
        ? answer.action
        : this.#consequences.of(lease, failure, limits, now);
    this.leave(lease, failure.class === 'ok', now);
    lease.answered(failure, status, action, now);
    return { failure, limits, action };
  }

  /** The call is answered, or over: what it asked about, or was let out for, is open to others. */
  leave(lease: PoolLease, isGood: boolean, now: number): void {
    const tickets = lease.takeTickets();
    if (tickets.length === 0) return;
    for (const ticket of tickets) ticket.rest.leave(ticket, isGood, now);
    this.#roster.refresh(lease.record.group, now);
    if (tickets.some(({ rest }) => rest === this.#roster.host)) this.#roster.hostChanged();
  }

  /** A provider may be the caller's own: what it throws costs nobody the response. */
  #ask<Answer>(what: string, ask: () => Answer): Answer | undefined {
    try {
      return ask();
    } catch (error) {
      this.#settings.logger.error({ what, error }, 'A provider could not read a response');
      return undefined;
    }
  }

  #learn({ record, lane, reservation }: PoolLease, limits: LimitUpdate, now: number): void {
    if (limits.group !== undefined) this.#organisations.reported(record, limits.group, now);
    const limiter = lane.seatOf(record.group)?.limiter ?? reservation.limiter;
    const hasChanged = limiter.learn(limits, now, reservation);
    if (hasChanged) this.#announce.limitsLearned(record, lane.modelClass, () => limiter.view(now));
  }
}

/** A body that was not read yet says nothing, and must not be read here. */
function isStream(body: unknown): boolean {
  return (
    isRecord(body) &&
    (typeof body['getReader'] === 'function' || typeof body['pipe'] === 'function')
  );
}
