import { InvalidOptionError } from '../../core/errors.js';
import { isRecord } from '../../core/options.js';

/**
 * What goes wrong with a call.
 *
 * - `die`: the connection closes without an answer
 * - `stall`: no answer ever comes
 * - `drop`: the answer breaks off halfway
 * - `invalid-key`: 401
 * - `broke`: no money left; Anthropic's 400, OpenAI's 429 `insufficient_quota`
 * - a status such as 500, 503 or 529, in the provider's words and without limit headers
 * - slow: the first token comes so many milliseconds later
 *
 * All but `invalid-key` and `broke` happen to admitted calls, which stay charged.
 */
export type Misbehaviour =
  | 'die'
  | 'stall'
  | 'drop'
  | 'invalid-key'
  | 'broke'
  | { readonly status: number }
  | { readonly slowMs: number };

/** Which calls misbehave: those that fit every field given. */
export interface MisbehaviourTarget {
  /** A secret. */
  readonly key?: string;
  readonly organisation?: string;
  readonly model?: string;
  /** `spend` is `GET /key/info`; `completions` everything that limits apply to. @defaultValue 'completions' */
  readonly endpoint?: Endpoint;
}

export interface MisbehaviourOptions extends MisbehaviourTarget {
  /** How many calls misbehave. @defaultValue Infinity: until healed */
  readonly times?: number;
}

type Endpoint = 'completions' | 'spend';

/** The call that may misbehave. */
export interface MisbehaviourCall {
  readonly key: string;
  readonly organisation: string;
  readonly model: string | undefined;
  readonly endpoint: Endpoint;
}

/** One `misbehave()` that is in force. */
export interface Rule {
  readonly how: Misbehaviour;
  /** Counts one call that misbehaved. */
  use(): void;
}

/** What was asked for last comes first; one call misbehaves in one way only. */
export class Misbehaviours {
  #rules: (Rule & { readonly target: MisbehaviourTarget; left: number })[] = [];

  add(how: Misbehaviour, { times = Infinity, ...target }: MisbehaviourOptions): void {
    check(how);
    if (!(times > 0)) throw new InvalidOptionError('times', 'a number above 0', times);
    const rule = {
      how,
      target,
      left: times,
      use: () => {
        rule.left -= 1;
        if (rule.left <= 0) this.#rules = this.#rules.filter((each) => each !== rule);
      },
    };
    this.#rules.unshift(rule);
  }

  find(call: MisbehaviourCall): Rule | undefined {
    return this.#rules.find(({ target }) => {
      const { key, organisation, model, endpoint = 'completions' } = target;
      return (
        endpoint === call.endpoint &&
        (key === undefined || key === call.key) &&
        (organisation === undefined || organisation === call.organisation) &&
        (model === undefined || model === call.model)
      );
    });
  }

  /** Ends every misbehaviour that was asked for with the given fields. */
  heal({ key, organisation, model, endpoint }: MisbehaviourTarget): void {
    this.#rules = this.#rules.filter(
      ({ target }) =>
        !(
          (key === undefined || key === target.key) &&
          (organisation === undefined || organisation === target.organisation) &&
          (model === undefined || model === target.model) &&
          (endpoint === undefined || endpoint === (target.endpoint ?? 'completions'))
        ),
    );
  }
}

const names: readonly unknown[] = ['die', 'stall', 'drop', 'invalid-key', 'broke'];

function check(how: unknown): void {
  if (names.includes(how)) return;
  if (isRecord(how) && isStatus(how['status'])) return;
  if (isRecord(how) && typeof how['slowMs'] === 'number' && how['slowMs'] >= 0) return;
  throw new InvalidOptionError(
    'how',
    `${names.join(', ')}, { status: 400 to 599 } or { slowMs }`,
    how,
  );
}

const isStatus = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599;
