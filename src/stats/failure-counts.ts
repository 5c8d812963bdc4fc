import type { FailureClass } from '../failure/failure.js';

export type FailureCounts = Record<FailureClass, number>;

// Spelled out, so that the compiler asks for a class that is new.
const NONE: Readonly<FailureCounts> = {
  ok: 0,
  rate_limited: 0,
  overloaded: 0,
  server_error: 0,
  quota_exhausted: 0,
  budget_exceeded: 0,
  invalid_key: 0,
  forbidden: 0,
  bad_request: 0,
};

export const FAILURE_CLASSES: readonly FailureClass[] = Object.keys(NONE).filter(isFailureClass);

export function noFailures(): FailureCounts {
  return { ...NONE };
}

export function isFailureClass(value: unknown): value is FailureClass {
  return typeof value === 'string' && Object.hasOwn(NONE, value);
}
