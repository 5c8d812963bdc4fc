import { type Case, idOf, type Measured } from './case.js';
import { type Result, resultOf } from './results.js';
import { runCase } from './run-case.js';

/** Measures all cases, then all again, up to `runs` times: so a bad minute hits each case once. */
export async function measureAll(cases: readonly Case[], runs: number): Promise<readonly Result[]> {
  const measured = new Map<Case, [Measured, ...Measured[]]>();
  for (let run = 1; run <= runs; run += 1) {
    const due = cases.filter((each) => run <= (each.runs ?? runs));
    for (const [index, each] of due.entries()) {
      tell(`run ${run} of ${runs}, ${index + 1} of ${due.length}: ${idOf(each)}`);
      const figures = await runCase(each);
      const earlier = measured.get(each);
      if (earlier === undefined) measured.set(each, [figures]);
      else earlier.push(figures);
    }
  }
  tell('');
  return [...measured].map(([each, figures]) => resultOf(each, figures));
}

/** Where somebody looks on. */
function tell(line: string): void {
  const { stderr } = process;
  if (stderr.isTTY) stderr.write(`\r\u001B[K${line.slice(0, stderr.columns - 1)}`);
}
