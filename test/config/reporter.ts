import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { Proof } from '../helpers/proof.js';

/** Prints, after the default reporter, what was proved and one plain line for CI. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    const servers = new Map<string, number>();
    const proved: Required<Proof> = { properties: 0, seeds: 0, worlds: 0, states: 0 };

    for (const module of modules) {
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'skipped' : state] += 1;
        const { server } = test.meta();
        if (server !== undefined) servers.set(server, (servers.get(server) ?? 0) + 1);
        const { properties = 0, seeds = 0, worlds = 0, states = 0 } = test.meta().proof ?? {};
        proved.properties += properties;
        proved.seeds += seeds;
        proved.worlds += worlds;
        proved.states += states;
      }
    }

    for (const [name, tests] of servers) process.stdout.write(`ran on ${name}: ${tests} tests\n`);
    process.stdout.write(
      `properties: ${proved.properties} with ${proved.seeds} seeds in total; ` +
        `simulated worlds: ${proved.worlds}; states explored: ${proved.states}\n` +
        `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}
