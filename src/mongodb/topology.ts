/** What kind of deployment answers. */
export type Topology = 'standalone' | 'replica-set' | 'sharded';

/**
 * Reads an answer to `hello`. Not `isWritablePrimary`, which a standalone server says of itself too,
 * and not the message of a failure: the driver rewrites those.
 */
export function topologyOf(hello: Readonly<Record<string, unknown>>): Topology {
  if (hello['msg'] === 'isdbgrid') return 'sharded';
  return typeof hello['setName'] === 'string' ? 'replica-set' : 'standalone';
}
