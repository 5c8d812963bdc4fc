import fc, { type Arbitrary, type Parameters } from 'fast-check';
import { it, TestRunner } from 'vitest';

/** What a test proved beyond passing; the reporter sums it over the run. */
export interface Proof {
  properties?: number;
  seeds?: number;
  worlds?: number;
  /** Distinct states of a world that was explored. */
  states?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    proof?: Proof;
    /** The server that the test ran on. */
    server?: string;
  }
}

/** Adds to the proof of the test that is running. */
export function recordProof(proof: Proof): void {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error('recordProof() was called outside a test');
  const { properties = 0, seeds = 0, worlds = 0, states = 0 } = test.meta.proof ?? {};
  test.meta.proof = {
    properties: properties + (proof.properties ?? 0),
    seeds: seeds + (proof.seeds ?? 0),
    worlds: worlds + (proof.worlds ?? 0),
    states: states + (proof.states ?? 0),
  };
}

/** Says on which server the test that is running runs; the reporter counts them. */
export function recordServer(name: string): void {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error('recordServer() was called outside a test');
  test.meta.server = name;
}

/**
 * Registers a test that checks a property on random input: `false` or a throw refutes it. The
 * failure prints its seed and path; pass them as options to replay it.
 */
export function property<Values extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { [Index in keyof Values]: Arbitrary<Values[Index]> },
  predicate: (...values: Values) => unknown,
  options: Parameters<Values> & { timeoutMs?: number } = {},
): void {
  const { timeoutMs = 60_000, numRuns = 200, ...parameters } = options;
  it(name, { timeout: timeoutMs }, async () => {
    const checked = fc.asyncProperty(
      ...arbitraries,
      async (...values: Values) => (await predicate(...values)) !== false,
    );
    await fc.assert(checked, { ...parameters, numRuns });
    recordProof({ properties: 1, seeds: numRuns });
  });
}
