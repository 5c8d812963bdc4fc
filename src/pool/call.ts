import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import { finite, nonEmptyString, nonNegative, nonNegativeOrInfinite } from '../core/options.js';
import { isSameCost, MINIMAL } from '../limiter/dimensions.js';
import type { Cost } from '../limiter/limiter.js';
import type { Provider } from '../provider/provider.js';

/** What a caller asks a lease for. */
export interface AcquireRequest {
  /** The model to be called: limits are kept by model class. */
  readonly model?: string;
  /** Expected tokens. What is not stated costs nothing until it is settled. @defaultValue 0 */
  readonly inputTokens?: number;
  /** @defaultValue 0 */
  readonly outputTokens?: number;
  /** Where the provider counts both together. @defaultValue inputTokens + outputTokens */
  readonly tokens?: number;
  /** Only this key will do. */
  readonly key?: string;
  /** A conversation or cache prefix: under `sticky()`, the same key while it can serve. */
  readonly affinity?: string;
  /** Ids of keys that will not do. */
  readonly exclude?: readonly string[];
  /** Higher is served first; within one priority it is first come, first served. @defaultValue 0 */
  readonly priority?: number;
  /** Ends the wait; `acquire` rejects with the signal's own reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which `acquire` gives up. @defaultValue Infinity */
  readonly maxWaitMs?: number;
}

export const REQUEST_NAMES = {
  model: true,
  inputTokens: true,
  outputTokens: true,
  tokens: true,
  key: true,
  affinity: true,
  exclude: true,
  priority: true,
  signal: true,
  maxWaitMs: true,
} satisfies Record<keyof AcquireRequest, true>;

/** A request, checked, with its cost and its lane. */
export interface Call {
  readonly request: AcquireRequest;
  /** Ids of keys that will not do; `undefined` when any will. */
  readonly excluded: ReadonlySet<string> | undefined;
  readonly modelClass: string;
  readonly cost: Cost;
}

/** The model class of requests that name no model. */
const DEFAULT_CLASS = 'default';

/** What a caller asks for who states nothing, and the call that it makes: shared by all of them. */
export const PLAIN_REQUEST: AcquireRequest = Object.freeze({});
export const PLAIN_CALL: Call = {
  request: PLAIN_REQUEST,
  excluded: undefined,
  modelClass: DEFAULT_CLASS,
  cost: MINIMAL,
};

/** @param excluded - in place of the request's own `exclude` */
export function callOf(
  request: AcquireRequest,
  provider: Provider,
  excluded: ReadonlySet<string> | undefined = setOf(request.exclude),
): Call {
  const { model, inputTokens, outputTokens, tokens } = request;
  const hasTokens = inputTokens !== undefined || outputTokens !== undefined || tokens !== undefined;
  return {
    request,
    excluded: excluded?.size === 0 ? undefined : excluded,
    modelClass: model === undefined ? DEFAULT_CLASS : provider.modelClass(model),
    cost: hasTokens ? checkedCost(request) : MINIMAL,
  };
}

/** Whether it is the smallest call there is, of any key. */
export function isPlain({ request, excluded, cost }: Call): boolean {
  return request.key === undefined && excluded === undefined && isSameCost(cost, MINIMAL);
}

/** Checks what a request may carry besides its cost. */
export function checkRequest({ model, key, affinity, exclude }: AcquireRequest): void {
  if (model !== undefined) nonEmptyString('request.model', model);
  if (key !== undefined) nonEmptyString('request.key', key);
  if (affinity !== undefined) nonEmptyString('request.affinity', affinity);
  if (exclude !== undefined && !Array.isArray(exclude)) {
    throw new InvalidOptionError('request.exclude', 'an array of key ids', exclude);
  }
}

/** Checks what only a waiting call uses, and how all of it is spelt. */
export function checkWait(request: AcquireRequest): void {
  checkNames('request', request, REQUEST_NAMES);
  const { priority, maxWaitMs, signal } = request;
  if (priority !== undefined) finite('request.priority', priority);
  if (maxWaitMs !== undefined) nonNegativeOrInfinite('request.maxWaitMs', maxWaitMs);
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw new InvalidOptionError('request.signal', 'an AbortSignal', signal);
  }
}

function setOf(ids: AcquireRequest['exclude']): ReadonlySet<string> | undefined {
  return ids === undefined ? undefined : new Set(ids);
}

function checkedCost({ inputTokens = 0, outputTokens = 0, tokens }: AcquireRequest): Cost {
  nonNegative('request.inputTokens', inputTokens);
  nonNegative('request.outputTokens', outputTokens);
  if (tokens !== undefined) nonNegative('request.tokens', tokens);
  const both = tokens ?? inputTokens + outputTokens;
  return { requests: 1, tokens: both, inputTokens, outputTokens };
}
