/** What the promises give, once none of them is under way; else what the first of them threw. */
export async function together<Values extends readonly unknown[]>(
  promises: {
    readonly [Index in keyof Values]: Promise<Values[Index]>;
  },
): Promise<Values> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
