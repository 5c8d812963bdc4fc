/**
 * The caller's random numbers, for jitter: what is no number in [0, 1) counts as the middle, and so
 * does a throw. No call and no check is worth losing for a pause that is a little too regular.
 */
export function steadyRandom(random: () => number): () => number {
  return () => {
    try {
      const drawn: unknown = random();
      return typeof drawn === 'number' && drawn >= 0 && drawn < 1 ? drawn : 0.5;
    } catch {
      return 0.5;
    }
  };
}
