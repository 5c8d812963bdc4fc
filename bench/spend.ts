// Run it with `npm run bench:spend`.
import { spawnSync } from 'node:child_process';
import { buildCases } from './build.js';
import { checkAllProcess } from './built.js';

await buildCases();
const { status } = spawnSync(process.execPath, ['--expose-gc', checkAllProcess], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
