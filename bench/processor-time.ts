/**
 * The stopwatch: milliseconds for which this process has kept processors busy, all its threads. Time
 * in which others had the processor does not count, so a machine need not be quiet.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
