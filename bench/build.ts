import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build as buildPackage } from 'tsup';
import { builtFolder, emitterModule, emptyModule } from './built.js';

/**
 * The cases, compiled as the package is. A loader that compiles on the fly (tsx) names each function
 * as it is made, which costs as much as what is measured.
 */
export async function buildCases(): Promise<void> {
  await bundle({
    entryPoints: ['bench/case-process.ts', 'bench/check-all.ts'],
    outdir: builtFolder,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
}

/** The package as it is published, without its types. */
export async function buildEntries(): Promise<void> {
  await buildPackage({
    outDir: join(builtFolder, 'dist'),
    format: 'esm',
    dts: false,
    silent: true,
  });
  await mkdir(builtFolder, { recursive: true });
  await writeFile(emptyModule, '');
  await writeFile(emitterModule, "import 'eventemitter3';\n");
}
