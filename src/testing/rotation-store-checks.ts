import type { KeyOptions } from '../key/key.js';
import type { RotationOutcome, RotationStore, StoredKey } from '../rotation/rotation-store.js';

/** Rejects as a rule does: with what was expected. */
export function check(isKept: boolean, message: string): void {
  if (!isKept) throw new Error(`Rotation store contract: ${message}`);
}

/** Compares what prints alike as alike: records, lists, numbers, strings. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [got, wanted] = [print(actual), print(expected)];
  check(got === wanted, `expected ${what} to be ${wanted}, got ${got}`);
}

/** Rotates, and returns the outcome if it is the expected one. */
export async function expectOutcome<Outcome extends RotationOutcome['outcome']>(
  store: RotationStore,
  keyId: string,
  expected: Outcome,
  reason = 'dead',
): Promise<Extract<RotationOutcome, { readonly outcome: Outcome }>> {
  const got = await store.rotate(keyId, { reason });
  if (isOutcome(got, expected)) return got;
  throw new Error(
    `Rotation store contract: expected rotating "${keyId}" to be ${expected}, got ${got.outcome}`,
  );
}

function isOutcome<Outcome extends RotationOutcome['outcome']>(
  got: RotationOutcome,
  expected: Outcome,
): got is Extract<RotationOutcome, { readonly outcome: Outcome }> {
  return got.outcome === expected;
}

/** Keys with these ids and secrets of their own. */
export function keysNamed(...ids: readonly string[]): readonly KeyOptions[] {
  return ids.map((id) => ({ id, secret: `secret-of-${id}` }));
}

export function idsOf(keys: readonly StoredKey[]): readonly string[] {
  return keys.map(({ id }) => id);
}

/** JSON with sorted fields: the order of fields is nobody's promise. */
function print(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
