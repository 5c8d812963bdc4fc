const WINDOW_OF: ReadonlyMap<string, string> = new Map([
  ['hourly', 'hour'],
  ['daily', 'day'],
  ['weekly', 'week'],
  ['monthly', 'month'],
]);

const IN_FULL: ReadonlyMap<string, string> = new Map([
  ['rpm', 'requests-minute'],
  ['rpd', 'requests-day'],
  ['tpm', 'tokens-minute'],
  ['tpd', 'tokens-day'],
]);

/** The words of a limit's name in their usual form, the window last: `daily-tokens` as `tokens-day`. */
export function plainWords(words: string): string {
  const things: string[] = [];
  const windows: string[] = [];
  for (const word of words.split('-')) {
    const window = WINDOW_OF.get(word);
    if (window === undefined) things.push(IN_FULL.get(word) ?? word);
    else windows.push(window);
  }
  return [...things, ...windows].join('-');
}
