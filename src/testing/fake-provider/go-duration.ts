const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Whole milliseconds as Go's `time.Duration` prints them: `0s`, `644ms`, `1m13.588s`, `24h6m34s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < SECOND_MS) return `${ms}ms`;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  // Division rounds correctly, so 13588 gives 13.588 and not a neighbour with more digits.
  const seconds = `${(ms % MINUTE_MS) / SECOND_MS}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
