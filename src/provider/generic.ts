import { InvalidOptionError } from '../core/errors.js';
import { checkNames } from '../core/known-names.js';
import type { HeaderFamily } from '../limits/family.js';
import { readAnthropicUsage } from './cost/anthropic-usage.js';
import { expectedOutput } from './cost/cost-policy.js';
import { estimator, type RequestShape } from './cost/estimator.js';
import { readOpenAiUsage } from './cost/openai-usage.js';
import { OPENAI_REQUEST } from './openai-compatible.js';
import type { Provider } from './provider.js';
import { bearer, itself, readersFor } from './readers.js';

/** Whatever of a provider differs from the common case. */
export interface GenericOptions extends Partial<Provider> {
  /** How it writes its limits, where no built-in reader knows: see `defineHeaderFamily`. */
  readonly family?: HeaderFamily | undefined;
}

const OPTION_NAMES = {
  name: true,
  origins: true,
  authHeader: true,
  modelClass: true,
  readLimits: true,
  classify: true,
  estimate: true,
  readUsage: true,
  defaults: true,
  meteredLate: true,
  family: true,
} satisfies Record<keyof GenericOptions, true>;

/**
 * Any other provider. Its family is recognised by the headers, bodies may be OpenAI's or
 * Anthropic's, and no window is presumed. `origins` are the caller's to check.
 * @throws InvalidOptionError when `family` is not one
 */
export function generic(options: GenericOptions = {}): Provider {
  checkNames('options', options, OPTION_NAMES);
  const { name = 'generic', family, ...others } = options;
  if (family !== undefined && typeof family?.read !== 'function') {
    throw new InvalidOptionError('family', 'what defineHeaderFamily returns', family);
  }
  return {
    ...readersFor(name, family),
    origins: [],
    authHeader: bearer,
    modelClass: itself,
    estimate: estimator(ANY_REQUEST, expectedOutput),
    readUsage: (body) => readAnthropicUsage(body) ?? readOpenAiUsage(body),
    defaults: {},
    meteredLate: ['outputTokens'],
    ...others,
  };
}

const ANY_REQUEST: RequestShape = {
  ...OPENAI_REQUEST,
  input: [...OPENAI_REQUEST.input, 'system', 'contents'],
};
