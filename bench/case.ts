/** Who does the work of a row. `bare`: the least that it could cost, whoever does it. */
export type Subject = 'keypool' | 'bare' | Peer;

export type Peer = 'limiter' | 'rate-limiter-flexible' | 'p-queue' | 'bottleneck' | 'original loop';

/** One figure: what a subject costs in one situation. It is measured in a process of its own. */
export interface Case {
  /** Its table, by the name of its group. */
  readonly group: string;
  readonly row: string;
  readonly subject: Subject;
  /** Measured with `--full` only. */
  readonly isExtra?: boolean;
  /** Whether the process must be able to collect its garbage when told to. */
  readonly needsGc?: boolean;
  /** Processes to take the median of, where fewer than usual will do. */
  readonly runs?: number;
  readonly measure: () => Measured | Promise<Measured>;
}

/** What one process found, in the unit of the case's group. */
export interface Measured {
  readonly value: number;
  /** How many times the bare cost, where that was measured beside it. */
  readonly ratio?: number;
  /** Every measurement of the bare cost, in order. */
  readonly bare?: readonly number[];
}

/** Identifies a case, on the command line of its process too. */
export function idOf({ group, row, subject }: Omit<Case, 'measure'>): string {
  return `${group}: ${row}: ${subject}`;
}
