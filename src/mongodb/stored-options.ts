import type { KeyOptions, Limits } from '../key/key.js';

type Plain = Omit<KeyOptions, 'id' | 'secret'>;

/**
 * A key's options as a document. Names of models and labels are the caller's and may hold dots and
 * dollar signs, which not every server takes as field names: so they are stored as pairs.
 */
export interface StoredOptions extends Omit<Plain, 'modelLimits' | 'labels'> {
  readonly modelLimits?: readonly (readonly [model: string, limits: Limits])[];
  readonly labels?: readonly (readonly [name: string, text: string])[];
}

export function storedOptions(key: KeyOptions): StoredOptions {
  const { modelLimits, labels } = key;
  const options: StoredOptions = {
    ...pick(key),
    ...(modelLimits === undefined ? {} : { modelLimits: Object.entries(modelLimits) }),
    ...(labels === undefined ? {} : { labels: Object.entries(labels) }),
  };
  // A copy without fields that are undefined, which the driver would store as null.
  return JSON.parse(JSON.stringify(options));
}

export function plainOptions(options: StoredOptions): Plain {
  const { modelLimits, labels } = options;
  return {
    ...pick(options),
    ...(modelLimits === undefined ? {} : { modelLimits: Object.fromEntries(modelLimits) }),
    ...(labels === undefined ? {} : { labels: Object.fromEntries(labels) }),
  };
}

function pick({ group, limits, weight, tier, proxyUrl }: Omit<Plain, 'modelLimits' | 'labels'>) {
  return {
    ...(group === undefined ? {} : { group }),
    ...(limits === undefined ? {} : { limits }),
    ...(weight === undefined ? {} : { weight }),
    ...(tier === undefined ? {} : { tier }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}
