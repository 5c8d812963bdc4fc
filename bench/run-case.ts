import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { caseProcess } from './built.js';
import { type Case, idOf, type Measured } from './case.js';

const run = promisify(execFile);

/** On a busy machine a thread that compiles gets its turn late, and slow code would be measured. */
const FLAGS = ['--no-concurrent-recompilation'];

/** Measures a case in a process of its own. */
export async function runCase(wanted: Case): Promise<Measured> {
  const flags = wanted.needsGc === true ? [...FLAGS, '--expose-gc'] : FLAGS;
  const { stdout } = await run(process.execPath, [...flags, caseProcess, idOf(wanted)]);
  const measured: unknown = JSON.parse(stdout);
  if (!isMeasured(measured)) throw new Error(`Expected figures of ${idOf(wanted)}, got ${stdout}`);
  return measured;
}

function isMeasured(value: unknown): value is Measured {
  return typeof value === 'object' && value !== null && 'value' in value;
}
