import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './reporter.js';

/** What takes minutes: processes that are killed, stopped and crowded. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', new SummaryReporter()],
    include: ['test/torture/{crowd,kill,processes}.test.ts'],
  },
});
