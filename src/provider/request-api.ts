import type { Dimension } from '../key/key.js';
import { originOf } from './origin.js';
import type { Provider } from './provider.js';
import { bearer, itself, readersFor } from './readers.js';

/** What tells one API that counts requests from another. */
export interface RequestApi extends Pick<Provider, 'name'> {
  readonly baseUrl: string;
  /** The limit's shape, where headers do not state it. */
  readonly requests: NonNullable<Provider['defaults'][Dimension]>;
  /** @defaultValue `Authorization: Bearer …` */
  readonly authHeader?: Provider['authHeader'];
  /**
   * A request's `model` stands for whatever has a limit of its own: a route, a resource.
   * @defaultValue each has
   */
  readonly modelClass?: Provider['modelClass'];
}

/** A provider that counts requests and nothing else: every call costs one. */
export function requestApi({
  name,
  baseUrl,
  requests,
  authHeader = bearer,
  modelClass = itself,
}: RequestApi): Provider {
  return {
    ...readersFor(name),
    origins: [originOf(baseUrl)],
    authHeader,
    modelClass,
    estimate: () => ({}),
    readUsage: () => undefined,
    defaults: { requests },
    meteredLate: [],
  };
}
