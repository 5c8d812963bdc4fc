import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './reporter.js';

/** What takes minutes: eight processes at once, on each server and topology at hand. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', new SummaryReporter()],
    include: ['test/torture/processes.test.ts'],
  },
});
