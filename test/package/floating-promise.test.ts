import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keypool-lint-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const save = 'export async function save(): Promise<void> {\n  await Promise.resolve();\n}\n';

it('rejects a promise that nobody awaits', () => {
  const body = "import { save } from './save.js';\n\nexport function run(): void {\n  save();\n}\n";
  const report = lint({ 'src/pool/save.ts': save, 'src/pool/run.ts': body });
  expect(report).toContain('src/pool/run.ts:4:3 lint/nursery/noFloatingPromises');
});

it('accepts a promise that is awaited', () => {
  const body = `import { save } from './save.js';\n\nexport async function run(): Promise<void> {\n  await save();\n}\n`;
  expect(lint({ 'src/pool/save.ts': save, 'src/pool/run.ts': body })).toBe('');
});

it('keeps time and Node out of src, where no exception is made', () => {
  const used = ['Date', 'performance', 'setTimeout', 'console', 'process', 'Buffer'];
  const body = `export const used = [${used.join(', ')}];\n`;
  const files = ['src/pool/a.ts', 'src/limits/b.ts', 'src/core/clock.ts', 'src/testing/c.ts'];
  const report = lint(Object.fromEntries(files.map((file) => [file, body])));
  const found = files.map((file) => {
    const at = (name: string) =>
      `${file}:1:${body.indexOf(name) + 1} lint/style/noRestrictedGlobals`;
    return used.filter((name) => report.includes(at(name)));
  });
  expect(found).toEqual([used, used.slice(1), used.slice(3), []]);
});

/** Biome's errors, or nothing when it is content. */
function lint(sources: Record<string, string>): string {
  for (const [path, source] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  // Biome follows imports only below the project that holds its configuration.
  const config = 'test/config/lint.json';
  cpSync(config, join(folder, config));
  const biome = resolve('node_modules/@biomejs/biome/bin/biome');
  const options = ['--error-on-warnings', '--colors=off', '--max-diagnostics=none'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'check', `--config-path=${config}`, ...options],
    { cwd: folder, encoding: 'utf8' },
  );
  return status === 0 ? '' : stdout + stderr;
}
