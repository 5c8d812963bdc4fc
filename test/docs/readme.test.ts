import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const execute = promisify(execFile);

interface Block {
  readonly name: string;
  readonly source: string;
  /** What the document says it prints, where it is a program. */
  readonly output: string | undefined;
}

const guides = readdirSync('docs/guide').filter((name) => name.endsWith('.md'));
const documents = ['README.md', ...guides.map((name) => `docs/guide/${name}`)];
const blocks = documents.flatMap(blocksOf);
const programs = blocks.filter(({ output }) => output !== undefined);

const folder = mkdtempSync(join(tmpdir(), 'keypool-docs-'));
beforeAll(() => write());
afterAll(() => rmSync(folder, { recursive: true }));

it('finds the blocks of every document', () => {
  expect(blocks.length).toBeGreaterThan(documents.length);
  expect(programs[0]?.name).toBe('readme-1.ts');
});

it('compiles every block by itself', { timeout: 130_000 }, async () => {
  expect(await run('node_modules/typescript/bin/tsc', ['-p', folder])).toBe('');
});

describe.each(programs)('the program $name', ({ name, output }) => {
  it('prints what its document says', { timeout: 60_000 }, async () => {
    const options = ['--tsconfig', join(folder, 'tsconfig.json'), join(folder, name)];
    expect(await run('node_modules/tsx/dist/cli.mjs', options)).toBe(output);
  });
});

it('links to files and headings that exist', () => {
  for (const document of documents) {
    const text = readFileSync(document, 'utf8');
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(anchors).toContain(target.slice(1));
      else if (!target.includes('://'))
        expect(existsSync(resolve(document, '..', target)), target).toBe(true);
    }
  }
});

/** A `ts` block with a `text` block right behind it is a program and its output. */
function blocksOf(document: string): Block[] {
  const text = readFileSync(document, 'utf8');
  const stem = document.replace(/^.*\/|\.md$/g, '').toLowerCase();
  const fence = /^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm;
  return [...text.matchAll(fence)].map(([, source = '', output], index) => ({
    name: `${stem}-${index + 1}.ts`,
    source,
    output,
  }));
}

function write(): void {
  const compilerOptions = {
    noEmit: true,
    noUnusedLocals: false,
    typeRoots: [resolve('node_modules/@types')],
  };
  const config = { extends: resolve('tsconfig.json'), compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  // A block without imports would else share its names with the others.
  for (const { name, source } of blocks) {
    writeFileSync(join(folder, name), `${source}\nexport {};\n`);
  }
}

/** What the script prints, also when it fails. */
async function run(script: string, options: readonly string[]): Promise<string> {
  const command = [resolve(script), ...options];
  try {
    const { stdout, stderr } = await execute(process.execPath, command, { timeout: 120_000 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr, killed } = error as { stdout: string; stderr: string; killed: boolean };
    // Who says nothing for want of time has not passed.
    return `${stdout}${stderr}${killed ? 'took too long' : ''}`;
  }
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
