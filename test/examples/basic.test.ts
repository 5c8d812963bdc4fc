import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const example = fileURLToPath(new URL('../../examples/basic.ts', import.meta.url));

it('the first example runs as it stands and says what the pool found out', {
  timeout: 30_000,
}, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', example]);
  const lines = stdout.trimEnd().split('\n');

  expect(lines).toHaveLength(10);
  for (const line of lines.slice(0, 6)) {
    expect(line).toMatch(/^call [1-6]: 200, \d{3} characters$/);
  }
  expect(lines[6]).toMatch(/^call 7: 200 by key-[123]$/);
  expect(lines[7]).toMatch(/^key-1 belongs to org-a: \d+ of 30 requests left$/);
  expect(lines[8]).toMatch(/^key-2 belongs to org-a: \d+ of 30 requests left$/);
  expect(lines[9]).toMatch(/^key-3 belongs to org-b: \d+ of 10 requests left$/);
});
