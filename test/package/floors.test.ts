import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'keypool-floors-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clean = {
  'core/clock.ts': "import 'eventemitter3';",
  'key/key.ts': "import type {} from '../core/clock.js';",
  'limits/limit-update.ts': '',
  'limits/parse.ts': "import type {} from './limit-update.js';",
  'limits/parse/structured.ts': "import 'structured-headers';",
  'limiter/limiter.ts': "import type {} from '../limits/limit-update.js';",
  'limiter/token-bucket.ts': "import type {} from './limiter.js'; import '../core/clock.js';",
  'selector/selector.ts': '',
  'selector/round-robin.ts': "import type {} from './selector.js';",
  'failure/failure.ts': '',
  'failure/classify.ts': "import '../limits/parse.js'; import type {} from '../key/key.js';",
  'provider/provider.ts': "import type {} from '../failure/failure.js';",
  'provider/anthropic.ts': "import '../limits/parse.js'; import '../failure/classify.js';",
  'provider/index.ts': "export * from './anthropic.js';",
  'pool/lane.ts': "import '../limiter/token-bucket.js'; import '../failure/classify.js';",
  'pool/key-pool.ts': "import './lane.js'; import '../selector/round-robin.js';",
  'mongodb/mongo-rotation-store.ts': "import type {} from '../rotation/rotation-store.js';",
  'rotation/rotation-store.ts': '',
  'spend/spend-probe.ts': "import type {} from '../core/clock.js';",
  'spend/spend-checker.ts': "import './spend-probe.js'; import '../failure/classify.js';",
  'testing/fake-clock.ts': "import 'node:assert'; import type {} from '../key/key.js';",
  'testing/index.ts': "export * from './fake-clock.js';",
  'index.ts': "export * from './pool/key-pool.js';",
};

const planted = {
  'core/bad.ts': ["import type {} from '../key/key.js';", 'core-imports-nothing'],
  'core/bad-package.ts': ["import 'mongodb';", 'core-uses-eventemitter3-only'],
  'core/bad-builtin.ts': ["import 'fs';", 'node-builtins-only-in-testing'],
  'limiter/limiter.ts': [
    "import type {} from '../limits/parse.js';",
    'contracts-see-core-and-contracts',
  ],
  'selector/bad.ts': ["import '../limits/parse.js';", 'families-meet-only-in-pool'],
  'failure/bad.ts': ["import '../limiter/token-bucket.js';", 'failure-sees-limit-parsers'],
  'provider/bad.ts': ["import '../selector/round-robin.js';", 'provider-sees-readers'],
  'spend/bad.ts': ["import type {} from '../pool/lane.js';", 'spend-sees-the-classifier'],
  'pool/bad-adapter.ts': ["import '../testing/fake-clock.js';", 'nobody-imports-adapters'],
  'pool/bad-floor.ts': ["import '../index.js';", 'pool-sees-lower-floors'],
  'pool/bad-entry.ts': ["import '../provider/index.js';", 'nobody-imports-an-entry'],
  'pool/bad-package.ts': ["import 'eventemitter3';", 'packages-only-in-core'],
  'limits/bad-package.ts': ["import 'structured-headers';", 'packages-only-in-core'],
  'pool/bad-folder.ts': ["import '../utils/utils.js';", 'known-folders-only'],
  'testing/bad.ts': [
    "import type {} from '../pool/key-pool.js';",
    'adapters-see-core-and-contracts',
  ],
  'mongodb/bad-package.ts': ["import 'eventemitter3';", 'mongodb-uses-its-driver-only'],
  'mongodb/bad.ts': ["import '../limiter/token-bucket.js';", 'adapters-see-core-and-contracts'],
  'key/bad-cycle.ts': ["import type {} from './closes-cycle.js';", 'no-cycles'],
} satisfies Record<string, [source: string, rule: string]>;

it('accepts a tree that keeps to the floors', () => {
  expect(violations(write('clean', clean))).toEqual([]);
});

it('names the rule that each planted file breaks', () => {
  const sources = Object.entries(planted).map(([path, [source]]) => [path, source]);
  const found = violations(
    write('planted', {
      ...clean,
      'utils/utils.ts': '',
      'key/closes-cycle.ts': "import type {} from './bad-cycle.js';",
      ...Object.fromEntries(sources),
    }),
  );

  for (const [path, [, rule]] of Object.entries(planted)) {
    expect(found).toContain(`src/${path}: ${rule}`);
  }
  const innocent = found.filter((line) => !(line.slice(4).split(':')[0]! in planted));
  expect(innocent).toEqual([]);
});

function write(name: string, sources: Record<string, string>): string {
  const root = join(folder, name);
  for (const [path, source] of Object.entries(sources)) {
    const file = join(root, 'src', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${source}\nexport {};\n`);
  }
  cpSync('tsconfig.json', join(root, 'tsconfig.json'));
  cpSync('package.json', join(root, 'package.json'));
  cpSync('node_modules/eventemitter3', join(root, 'node_modules/eventemitter3'), {
    recursive: true,
  });
  return root;
}

function violations(cwd: string): string[] {
  const depcruise = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = resolve('test/config/depcruise.cjs');
  const { stdout } = spawnSync(
    process.execPath,
    [depcruise, 'src', '--config', config, '--output-type', 'json'],
    { cwd, encoding: 'utf8' },
  );
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
}
