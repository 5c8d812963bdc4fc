import { parseArgs } from 'node:util';
import type { Case } from './case.js';
import { isForGoals } from './goals.js';

export interface Options {
  /** Which cases to measure. */
  readonly isWanted: (wanted: Case) => boolean;
  /** Processes for each case. */
  readonly runs: number;
  /** Whether to print nothing but where the goals stand. */
  readonly isGoalsOnly: boolean;
  readonly format: 'text' | 'markdown';
  /** File for the figures, and file to take them from instead of measuring. */
  readonly json: string | undefined;
  readonly from: string | undefined;
}

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: FLAGS,
    allowPositionals: true,
  });
  const { full, goals, markdown, json, from } = values;
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new Error(`--runs: expected an integer of 1 or more, got ${values.runs}`);
  }
  const isWanted = (each: Case) => {
    if (goals && !isForGoals(each)) return false;
    if (positionals.includes(each.row)) return true;
    const isNamed = positionals.length === 0 || positionals.some((name) => isPartOf(each, name));
    return isNamed && (full || each.isExtra !== true);
  };
  const format = markdown ? 'markdown' : 'text';
  return { isWanted, runs, isGoalsOnly: goals, format, json, from };
}

const FLAGS = {
  full: { type: 'boolean', default: false },
  goals: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
  runs: { type: 'string', default: '3' },
  json: { type: 'string' },
  from: { type: 'string' },
} as const;

/** Whether it is the group's name, or a part of the row's or of the subject's. */
function isPartOf({ group, row, subject }: Case, name: string): boolean {
  return group === name || row.includes(name) || subject === name;
}
