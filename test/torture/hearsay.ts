import type { RotationOutcome } from '../../src/rotation/rotation-store.js';
import { heirOf, type Successors } from './audit.js';

/** What one caller heard who asked for a rotation, in words that survive between processes. */
export interface Heard {
  readonly keyId: string;
  readonly outcome: RotationOutcome['outcome'] | 'rejected';
  /** Id of the key that is in the slot now. */
  readonly to?: string;
  readonly error?: string;
}

export async function hear(keyId: string, rotation: Promise<RotationOutcome>): Promise<Heard> {
  try {
    const result = await rotation;
    const { outcome } = result;
    return { keyId, outcome, ...('key' in result ? { to: result.key.id } : {}) };
  } catch (error) {
    return { keyId, outcome: 'rejected', error: reasonOf(error) };
  }
}

/** Lies among what callers heard, given what history tells. */
export function* liesIn(heard: readonly Heard[], successors: Successors): Iterable<string> {
  const winners = new Map<string, number>();
  for (const { keyId, outcome, to } of heard) {
    if (outcome === 'rotated') winners.set(keyId, (winners.get(keyId) ?? 0) + 1);
    if (outcome === 'unknown-key') yield `${keyId} was said to be unknown`;
    if (to === undefined) continue;
    if (!isHeir(keyId, to, successors)) yield `${to} was said to replace ${keyId}, and never did`;
  }
  for (const [keyId, count] of winners) if (count > 1) yield `${count} callers rotated ${keyId}`;
}

function isHeir(keyId: string, heir: string, successors: Successors): boolean {
  return heir !== keyId && heirOf(heir, successors) === heirOf(keyId, successors);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message;
}
