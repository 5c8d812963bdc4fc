import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Result } from './results.js';

/** Everything that a run found, and where. */
export interface Report {
  readonly commit: string;
  readonly date: string;
  readonly node: string;
  readonly processor: string;
  readonly runs: number;
  readonly results: readonly Result[];
}

/** The conditions, as they are before anything is measured. */
export function newReport(runs: number): Report {
  const [first] = cpus();
  return {
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: `${cpus().length} × ${first?.model ?? 'unknown'}`,
    runs,
    results: [],
  };
}

/** Reads what `--json` wrote. */
export function parseReport(text: string): Report {
  const report: unknown = JSON.parse(text);
  if (isReport(report)) return report;
  throw new Error('Expected a report that --json wrote');
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isClean = git('status', '--porcelain', '--', 'src', 'bench') === '';
  return git('rev-parse', '--short', 'HEAD') + (isClean ? '' : ' with changes');
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'results' in value;
}
