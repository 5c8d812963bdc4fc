import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Manifest {
  dependencies: Record<string, string>;
  exports: Record<string, unknown>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const entries = Object.keys(manifest.exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => entry.replace('.', 'keypool'));
const outsiders = ['bottleneck', 'mongodb', 'ioredis', 'undici'];

const folder = mkdtempSync(join(tmpdir(), 'keypool-entries-'));
const modules = join(folder, 'node_modules');
beforeAll(() => install());
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(entries)('%s', (entry) => {
  it('loads by import and by require, with the same names and no optional peer', () => {
    const print = 'console.log(JSON.stringify(Object.keys(entry)))';
    const imported = names('module', `import * as entry from '${entry}'; ${print}`);
    const required = names('commonjs', `const entry = require('${entry}'); ${print}`);
    expect(imported).not.toEqual([]);
    expect(imported).toEqual(required);
  });
});

it.each([
  ['module', "import 'keypool';"],
  ['commonjs', "require('keypool');"],
] as const)('the core loads no adapter package (%s)', (type, load) => {
  for (const name of outsiders) plantDecoy(name);
  expect(run(type, load)).toBe('');
  expect(run('commonjs', "require('bottleneck')")).toBe('bottleneck\n');
  for (const name of outsiders) rmSync(join(modules, name), { recursive: true });
});

it.each(['.js', '.cjs'])('the entries share one KeyPoolError (%s)', (extension) => {
  const dist = join(modules, 'keypool/dist');
  const holders = readdirSync(dist)
    .filter((file) => file.endsWith(extension))
    .filter((file) =>
      /\bKeyPoolError = class|class KeyPoolError\b/.test(readFileSync(join(dist, file), 'utf8')),
    );
  expect(holders).toHaveLength(1);
});

/** Unpacks what would be published beside its dependencies, as npm does, without a network. */
function install(): void {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  mkdirSync(modules);
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', modules]);
  cpSync(join(modules, 'package'), join(modules, 'keypool'), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) {
    cpSync(join('node_modules', name), join(modules, name), { recursive: true });
  }
}

/** A package that says so when it is loaded. */
function plantDecoy(name: string): void {
  mkdirSync(join(modules, name), { recursive: true });
  writeFileSync(join(modules, name, 'index.js'), `console.log('${name}');`);
}

function names(type: 'module' | 'commonjs', program: string): string[] {
  const found = JSON.parse(run(type, program)) as string[];
  return found.filter((name) => name !== 'module.exports').sort();
}

function run(type: 'module' | 'commonjs', program: string): string {
  const options = [`--input-type=${type}`, '--eval', program];
  return execFileSync(process.execPath, options, { cwd: folder, encoding: 'utf8' });
}
