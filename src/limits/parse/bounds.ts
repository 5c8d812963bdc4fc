/** No wait and no window is longer (400 days): whoever states more is mistaken, or lies. */
export const LONGEST_MS = 400 * 86_400_000;
