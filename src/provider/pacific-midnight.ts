import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './limit-shapes.js';

/**
 * The next midnight in California, in epoch milliseconds: when Google's quotas of a day are whole
 * again. On the two days a year on which clocks change it may be an hour off.
 */
export function nextPacificMidnight(now: number): number {
  const [hour = 0, minute = 0, second = 0] = CLOCK.format(now).split(':').map(Number);
  return (
    now - (now % SECOND_MS) + DAY_MS - hour * HOUR_MS - minute * MINUTE_MS - second * SECOND_MS
  );
}

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/Los_Angeles',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
