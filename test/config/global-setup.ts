import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Builds once when dist is missing or older than what it is built from. */
export function setup(): void {
  const builtAt = modifiedAt('dist/index.d.cts'); // written last
  if (newest('src') < builtAt && modifiedAt('tsup.config.ts') < builtAt) return;
  execFileSync('npm', ['run', 'build', '--silent', '--', '--silent'], { stdio: 'inherit' });
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...entries.map((name) => modifiedAt(join(folder, name))));
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
