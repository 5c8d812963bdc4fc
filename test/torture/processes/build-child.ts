import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

export interface ChildScript extends AsyncDisposable {
  readonly path: string;
}

/** Compiles a child once, since hundreds of them start: a compiler in each would take minutes. */
export async function buildChild(
  source: URL = new URL('./child.ts', import.meta.url),
): Promise<ChildScript> {
  // Below `node_modules`, so that it finds the driver there.
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));
  await mkdir(cache, { recursive: true });
  const outDir = await mkdtemp(join(cache, 'torture-'));
  await build({
    config: false,
    entry: { child: fileURLToPath(source) },
    format: 'esm',
    outDir,
    outExtension: () => ({ js: '.mjs' }),
    silent: true,
    skipNodeModulesBundle: true,
    target: 'node20',
  });
  return {
    path: join(outDir, 'child.mjs'),
    [Symbol.asyncDispose]: () => rm(outDir, { recursive: true, force: true }),
  };
}
