import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServerUnderTest, type ServerUnderTest } from './operation-suite/server-under-test.js';
import { operationSuite } from './operation-suite.js';

export interface StartedServer {
  readonly uri: string;
  stop(): Promise<void>;
}

/** Registers the operation suite as tests on one server. */
export function describeOperations(
  start: () => Promise<StartedServer>,
  /** Cases that this server is known to answer otherwise, by name, and why. */
  deviations: Readonly<Record<string, string>> = {},
): void {
  let started: StartedServer | undefined;
  let server: ServerUnderTest | undefined;
  beforeAll(async () => {
    started = await start();
    server = await openServerUnderTest(started.uri);
  }, 60_000);
  afterAll(async () => {
    await server?.close();
    await started?.stop();
  });

  for (const [group, cases] of Object.entries(operationSuite)) {
    describe(group, () => {
      for (const operation of cases) {
        it(operation.name, { timeout: 30_000 }, async ({ skip }) => {
          if (!server!.suits(operation)) skip(`holds on a ${operation.topology} only`);
          const answer = await server!.answer(operation).catch(String);
          if (operation.name in deviations) {
            // A deviation that is gone should leave the list.
            expect(answer, deviations[operation.name]).not.toEqual(operation.answer);
            return;
          }
          expect(answer).toEqual(operation.answer);
        });
      }
    });
  }
}
