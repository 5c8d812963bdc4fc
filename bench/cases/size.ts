import { gzipSync } from 'node:zlib';
import { entryFile } from '../built.js';
import type { Case, Measured } from '../case.js';
import { entries, packages } from '../entries.js';

/** Kilobytes that an entry adds to a bundle, its dependencies included, optional peers not. */
export function* sizes(): Generator<Case> {
  const common = { group: 'size', runs: 1 };
  for (const { name, file } of entries()) {
    for (const { suffix, isZipped } of FORMS) {
      const measure = () => sizeOf(entryFile(file), isZipped);
      yield { ...common, row: `${name}, ${suffix}`, subject: 'keypool', measure };
      if (file !== 'index') continue;
      for (const peer of packages) {
        const measurePeer = () => sizeOf(peer, isZipped);
        yield { ...common, row: `${name}, ${suffix}`, subject: peer, measure: measurePeer };
      }
    }
  }
}

const FORMS = [
  { suffix: 'minified', isZipped: false },
  { suffix: 'minified and gzipped', isZipped: true },
];

async function sizeOf(specifier: string, isZipped: boolean): Promise<Measured> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${specifier}'`, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    external: ['mongodb', 'ioredis', 'undici'],
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  return { value: (isZipped ? gzipSync(contents) : contents).length / 1_000 };
}
