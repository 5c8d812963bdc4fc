import { join } from 'node:path';

/** Where what is measured is built, beside the packages that it imports. */
export const builtFolder = join(process.cwd(), 'node_modules/.cache/keypool-bench');

/** Runs one case. */
export const caseProcess = join(builtFolder, 'case-process.js');
/** Measures a check of a whole pool. */
export const checkAllProcess = join(builtFolder, 'check-all.js');
export const emptyModule = join(builtFolder, 'empty.mjs');
export const emitterModule = join(builtFolder, 'emitter.mjs');

/** The file of the package's entry, such as `index`. */
export function entryFile(entry: string): string {
  return join(builtFolder, 'dist', `${entry}.js`);
}
