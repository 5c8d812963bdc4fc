import { type Exploration, type ExploreOptions, Explorer, type World } from './explore.js';
import type { Mutant } from './mutants.js';
import { rules } from './rules.js';

/** Explores the mutant's world, or one after the other, until the mutant is caught. */
export async function hunt(
  { mutate, patch, world: first = '' }: Mutant,
  worlds: readonly World[],
  maxStates: number,
): Promise<{ world: string; states: number; violation: Exploration['violation'] } | undefined> {
  const mend = patch?.();
  const options: ExploreOptions = { maxStates, ...(mutate === undefined ? {} : { mutate }) };
  try {
    for (const world of worlds.filter(({ name }) => name.startsWith(first))) {
      const { violation, states } = await new Explorer(world, rules, options).run();
      if (violation !== undefined) return { world: world.name, states, violation };
    }
    return undefined;
  } finally {
    mend?.();
  }
}
