import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { emitterModule, emptyModule, entryFile } from '../built.js';
import type { Case, Measured } from '../case.js';
import { entries, packages } from '../entries.js';
import { median } from '../median.js';

/** Milliseconds of processor time that the first import of a fresh process takes. */
export function* importTimes(): Generator<Case> {
  const common = { group: 'import', runs: 1 };
  for (const { row, file } of BARE) {
    yield { ...common, row, subject: 'bare', measure: () => importing(pathToFileURL(file).href) };
  }
  for (const { name, file } of entries()) {
    const measure = () => importing(pathToFileURL(entryFile(file)).href);
    yield { ...common, row: name, subject: 'keypool', measure };
  }
  for (const peer of packages) {
    yield { ...common, row: CORE, subject: peer, measure: () => importing(peer) };
  }
}

const CORE = 'keypool';
const BARE = [
  { row: 'an empty module', file: emptyModule },
  { row: 'an empty module and eventemitter3', file: emitterModule },
];
const PROCESSES = 15;
const PROGRAM = `
  const startedAt = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(startedAt);
  console.log((user + system) / 1_000);
`;

const run = promisify(execFile);

/** In turn with eventemitter3, on which the core depends. */
async function importing(specifier: string): Promise<Measured> {
  const emitter = pathToFileURL(emitterModule).href;
  const values: number[] = [];
  const bare: number[] = [];
  for (let count = 0; count < PROCESSES; count += 1) {
    bare.push(await msOf(emitter));
    values.push(await msOf(specifier));
  }
  const value = median(values);
  return { value, ratio: value / median(bare), bare };
}

async function msOf(specifier: string): Promise<number> {
  const args = ['--input-type=module', '--eval', PROGRAM, specifier];
  const { stdout } = await run(process.execPath, args);
  return Number(stdout);
}
