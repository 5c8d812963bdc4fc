import type { Account, Answer } from './account.js';
import { reasonFor } from './budget.js';
import type { Action, Finding, KeyKeeper } from './key-keeper.js';
import type { SpendSettings } from './options.js';
import type { SpendCheck } from './report.js';
import type { Reporter } from './reporter.js';
import type { OverBudgetReason } from './spend-pool.js';

/** An account of which the provider was asked. */
export interface Inspected {
  readonly account: Account;
  /** Of its keys that are checked. */
  readonly ids: readonly string[];
  readonly startedAt: number;
}

/** What all conclusions have in common. */
export interface ConclusionContext {
  readonly settings: SpendSettings;
  readonly keeper: KeyKeeper;
  readonly reporter: Reporter;
}

/** What is done about one key. */
export interface Dealing {
  /** Never rejects. `undefined` where it was done at once. */
  readonly acting: Promise<Action> | undefined;
  /** Waits for the key's row too. */
  readonly check: SpendCheck | Promise<SpendCheck>;
}

/** Takes an answer in, judges the account by it, and has each of its keys dealt with. */
export function conclude(
  { account, ids, startedAt }: Inspected,
  answer: Answer,
  context: ConclusionContext,
): readonly Dealing[] {
  const { clock, rules, schedule } = context.settings;
  if (answer.kind === 'stopped') return skippedAll(ids, clock.now() - startedAt);
  const isReset = answer.kind === 'reading' && account.land(answer.reading);
  if (answer.kind === 'failed') account.failed(answer.error, clock.now(), schedule.maxMs);
  const reason = reasonIn(account, answer, context.settings);
  const { unseen } = account.ledger;
  const finding = { account, answer, reason, unseen, isReset, startedAt };
  account.aim(rules, schedule.share);
  return ids.map((id) => deal(id, finding, context));
}

/** At the threshold the provider decides; at the limit, if need be, the ledger alone. */
function reasonIn(
  account: Account,
  { kind }: Answer,
  { rules }: SpendSettings,
): OverBudgetReason | undefined {
  const room = account.room(rules);
  if (kind === 'reading') return reasonFor(room);
  return room.toLimit <= 0 ? 'budget_exceeded' : undefined;
}

function deal(id: string, finding: Finding, { keeper, reporter }: ConclusionContext): Dealing {
  const action = keeper.act(id, finding);
  if (!(action instanceof Promise)) {
    return { acting: undefined, check: reporter.report(id, finding, action) };
  }
  const check = action.then((done) => reporter.report(id, finding, done));
  return { acting: action, check };
}

function skippedAll(ids: readonly string[], ms: number): readonly Dealing[] {
  return ids.map((id) => ({
    acting: undefined,
    check: Object.freeze({ id, outcome: 'skipped', why: 'stopped', ms }),
  }));
}
