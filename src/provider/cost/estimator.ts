import type { Provider } from '../provider.js';
import type { CostPolicy } from './cost-policy.js';
import { type Fields, fieldsOf, modelIn, safely } from './request-body.js';
import { estimateInput } from './token-estimate.js';

/** Where the bodies of one API say what a request will cost. */
export interface RequestShape {
  /** The fields that hold input: text, images, tools. */
  readonly input: readonly string[];
  /** The most output that the request allows. */
  readonly ceiling: (request: Fields) => number | undefined;
}

/** Reads what is to be reserved off a request's body; nothing where it cannot be read. */
export function estimator(
  { input, ceiling }: RequestShape,
  policy: CostPolicy,
): Provider['estimate'] {
  return (body) =>
    safely(() => {
      const request = fieldsOf(body);
      if (request === undefined) return {};
      const inputTokens = estimateInput(...input.map((field) => request[field]));
      return { ...modelIn(request), ...policy(inputTokens, ceiling(request)) };
    }, {});
}
