import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    mongodb: 'src/mongodb/index.ts',
    providers: 'src/provider/index.ts',
    spend: 'src/spend/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm', 'cjs'],
  // Without the reference, `Disposable` in a .d.ts breaks consumers that lack @types/node.
  dts: { banner: '/// <reference lib="esnext.disposable" />' },
  // Without splitting, each CJS entry carries its own copy of errors.ts and instanceof fails.
  splitting: true,
  treeshake: true,
  sourcemap: true,
  clean: true,
});
