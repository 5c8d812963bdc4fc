import { type Case, idOf, type Measured, type Subject } from './case.js';
import { median } from './median.js';

/** A case's figures over all its runs. */
export interface Result {
  readonly group: string;
  readonly row: string;
  readonly subject: Subject;
  /** Median of the runs. */
  readonly value: number;
  /** Each run's. */
  readonly values: readonly number[];
  /** Median of the runs' ratios to the bare cost. */
  readonly ratio?: number | undefined;
  /** Every measurement of the bare cost. */
  readonly bare: readonly number[];
}

export function resultOf(
  { group, row, subject }: Case,
  runs: readonly [Measured, ...Measured[]],
): Result {
  const values = runs.map(({ value }) => value);
  const ratios = runs.flatMap(({ ratio }) => ratio ?? []);
  return {
    group,
    row,
    subject,
    value: median(values),
    values,
    ratio: ratios.length === 0 ? undefined : median(ratios),
    bare: runs.flatMap(({ bare = [] }) => bare),
  };
}

/** Finds results by their case. */
export class Results {
  readonly all: readonly Result[];
  readonly #byId: ReadonlyMap<string, Result>;

  constructor(all: readonly Result[]) {
    this.all = all;
    this.#byId = new Map(all.map((each) => [idOf(each), each]));
  }

  find(group: string, row: string, subject: Subject = 'keypool'): Result | undefined {
    return this.#byId.get(idOf({ group, row, subject }));
  }
}
