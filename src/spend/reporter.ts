import type { Clock } from '../core/clock.js';
import type { Answer } from './account.js';
import type { Action, Finding } from './key-keeper.js';
import type { SpendSettings } from './options.js';
import type { SpendCheck } from './report.js';
import { RowWriter } from './row-writer.js';
import type { SpendRow } from './spend-history.js';

const HOUR_MS = 3_600_000;

/** Tells what a check found and did about each key: to who asked for it, and to the history. */
export class Reporter {
  readonly #clock: Clock;
  /** `undefined` where nobody keeps a history. */
  readonly #rows: RowWriter | undefined;

  constructor(settings: SpendSettings) {
    const { clock, history } = settings;
    this.#clock = clock;
    this.#rows = history === undefined ? undefined : new RowWriter(history, settings);
  }

  /** The promise waits until the key's row is written. Never rejects. */
  report(id: string, finding: Finding, action: Action): SpendCheck | Promise<SpendCheck> {
    const now = this.#clock.now();
    const check = checkOf(id, action, finding.answer, now - finding.startedAt);
    if (action.outcome === 'skipped' || this.#rows === undefined) return check;
    return this.#rows.save(rowOf(check, finding, action, now)).then(() => check);
  }

  /** Ends once all rows are written, or given up. */
  async stop(): Promise<void> {
    await this.#rows?.stop();
  }
}

/** Field by field: of thousands of keys, spreading costs as much as asking. */
function checkOf(id: string, action: Action, answer: Answer, ms: number): SpendCheck {
  const { outcome, newId, error, why } = action;
  const check: { -readonly [Field in keyof SpendCheck]: SpendCheck[Field] } = { id, outcome, ms };
  if (answer.kind === 'reading') check.reading = answer.reading;
  if (newId !== undefined) check.newId = newId;
  if (error !== undefined) check.error = error;
  if (why !== undefined) check.why = why;
  return Object.freeze(check);
}

function rowOf(
  { id, outcome, reading, newId, ms }: SpendCheck,
  { account, answer, reason, unseen }: Finding,
  { event, generation }: Action,
  at: number,
): SpendRow {
  const { spent, limit, remaining, asOf } = reading ?? {};
  const unit = account.reading?.unit;
  const hasRotationFailed = outcome === 'failed' && event === 'exhausted';
  const failure = answer.kind === 'failed' ? answer.error : undefined;
  const error = failure?.kind ?? (hasRotationFailed ? 'rotation' : undefined);
  const status = failure?.status;
  return {
    keyId: id,
    at,
    ...(asOf === undefined ? {} : { asOf }),
    ...(spent === undefined ? {} : { spent }),
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(unit === undefined ? {} : { unit }),
    ...(reading === undefined ? {} : { burnPerHour: account.burn.mean * HOUR_MS }),
    ok: reading !== undefined,
    ...(error === undefined ? {} : { error }),
    ...(status === undefined ? {} : { status }),
    ...(event === undefined ? {} : { event }),
    ...(reason === undefined || event === undefined ? {} : { reason, unseen }),
    ...(event === 'rotated' && newId !== undefined ? { replacedBy: newId } : {}),
    ...(generation === undefined ? {} : { generation }),
    ms,
  };
}
