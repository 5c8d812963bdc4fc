import type { Topology } from '../wire-server/command.js';

export type { Topology };

export interface StartedServer {
  readonly uri: string;
  stop(): Promise<void>;
}

/** A server on which tests of the store can run. */
export interface AvailableServer {
  /** How much a passed test is worth: on MongoDB itself, on another's copy of it, on our own. */
  readonly kind: 'real' | 'independent' | 'simulated';
  readonly name: string;
  readonly version: string;
  readonly topologies: readonly Topology[];
  /** Cases of the operation suite that it answers otherwise than MongoDB, and how. */
  readonly deviations: Readonly<Partial<Record<Topology, Readonly<Record<string, string>>>>>;
  /** Starts one, empty if it can be; on the first of its topologies unless told. */
  start(topology?: Topology): Promise<StartedServer>;
}

/** One line for summaries. */
export const describeServer = ({ kind, name, version }: AvailableServer): string =>
  `${name} ${version} (${kind})`;
