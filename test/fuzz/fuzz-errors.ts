import { classify } from '../../src/failure/classify.js';
import type { Failure, FailureFacts } from '../../src/failure/failure.js';
import { Random } from '../../src/testing/fake-provider/random.js';
import { plantedKey } from './planted-key.js';
import { randomError } from './random-error.js';

/** What `classify` promises of any wait. */
const MAX_WAIT_MS = 400 * 86_400_000;
const CLASSES = [
  ...['ok', 'rate_limited', 'overloaded', 'server_error', 'quota_exhausted', 'budget_exceeded'],
  ...['invalid_key', 'forbidden', 'bad_request'],
];
const SCOPES = ['none', 'key', 'group', 'host'];
const DIMENSIONS = [undefined, 'requests', 'tokens', 'inputTokens', 'outputTokens'];
/** So much of a key in a row is a leak. */
const FRAGMENT = 16;
const MAX_OFFENCES = 5;

/** What a run of the fuzzer has seen; the shares show that it does not only see rubbish. */
export interface ErrorsFuzz {
  readonly responses: number;
  /** Responses that a code or words explained. */
  readonly understood: number;
  readonly withWait: number;
  /** The first offences, with what brings them back. */
  readonly offences: readonly string[];
}

/** Classifies `count` random responses: same seed, same responses. */
export function fuzzErrors(seed: number, count: number): ErrorsFuzz {
  const random = new Random(seed);
  const offences: string[] = [];
  let understood = 0;
  let withWait = 0;
  for (let index = 0; index < count && offences.length < MAX_OFFENCES; index += 1) {
    const facts = randomError(random);
    const found = judge(facts, offenceIn);
    if (typeof found === 'string') {
      offences.push(`${found} at ${index} of seed ${seed}`);
      continue;
    }
    if (found.confidence !== 'status') understood += 1;
    if (found.retryAfterMs !== undefined) withWait += 1;
  }
  return { responses: count, understood, withWait, offences };
}

/** Classifies `count` responses that echo a key; offences are those that let it out. */
export function fuzzPlantedKeys(seed: number, count: number): Pick<ErrorsFuzz, 'offences'> {
  const random = new Random(seed);
  const offences: string[] = [];
  for (let index = 0; index < count && offences.length < MAX_OFFENCES; index += 1) {
    const { facts, secret } = plantedKey(random);
    const found = judge(facts, (failure) => offenceIn(failure) ?? leakIn(failure, secret));
    if (typeof found === 'string') offences.push(`${found}: ${secret} at ${index} of seed ${seed}`);
  }
  return { offences };
}

function judge(
  facts: FailureFacts,
  offence: (failure: Failure) => string | undefined,
): Failure | string {
  try {
    const failure = classify(facts);
    return offence(failure) ?? failure;
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

function offenceIn(failure: Failure): string | undefined {
  const { scope, retryAfterMs = 0, dimension, code = '', message = '' } = failure;
  if (!CLASSES.includes(failure.class)) return `class ${failure.class}`;
  if (!SCOPES.includes(scope)) return `scope ${scope}`;
  if (!DIMENSIONS.includes(dimension)) return `dimension ${dimension}`;
  if (!(retryAfterMs >= 0 && retryAfterMs <= MAX_WAIT_MS)) return `waits ${retryAfterMs}`;
  if (message.length > 500) return 'a long message';
  return code.length > 200 ? 'a long code' : undefined;
}

function leakIn(failure: Failure, secret: string): string | undefined {
  const shown = JSON.stringify(failure);
  if (shown.includes(secret)) return `shows the key: ${shown.slice(0, 300)}`;
  for (let at = 0; at + FRAGMENT <= secret.length; at += 1) {
    if (shown.includes(secret.slice(at, at + FRAGMENT)))
      return `shows a part: ${shown.slice(0, 300)}`;
  }
  return undefined;
}
