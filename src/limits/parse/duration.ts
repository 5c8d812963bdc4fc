const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3, // micro sign
  μs: 1e-3, // Greek mu
  ns: 1e-6,
};

/**
 * A Go duration (`6m0s`, `1m13.588s`, `4ms`) in whole milliseconds, rounded up so that no wait is
 * cut short. Units must fall; a number without a unit is not understood.
 */
export function parseGoDuration(text: string): number | undefined {
  const part = /(\d+(?:\.\d+)?)(ms|us|µs|μs|ns|[dhms])/y;
  let total = 0;
  let lastUnitMs = Infinity;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    const unitMs = UNIT_MS[match?.[2] ?? ''];
    if (match === null || unitMs === undefined || unitMs >= lastUnitMs) return undefined;
    total += Number(match[1]) * unitMs;
    lastUnitMs = unitMs;
  }
  return lastUnitMs === Infinity ? undefined : wholeMs(total);
}

/** An ISO 8601 duration of days and less (`PT1M30S`), in milliseconds. */
export function parseIsoDuration(text: string): number | undefined {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null || !/\d/.test(text)) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((field) => Number(field ?? 0));
  return wholeMs(
    (days ?? 0) * 86_400_000 +
      (hours ?? 0) * 3_600_000 +
      (minutes ?? 0) * 60_000 +
      (seconds ?? 0) * 1000,
  );
}

/** Milliseconds, rounded up, but blind to float noise: 17399.999999 and 17400.000001 are 17400. */
export function wholeMs(ms: number): number | undefined {
  const whole = Math.ceil(Math.round(ms * 1000) / 1000);
  return Number.isFinite(whole) && whole >= 0 ? whole : undefined;
}
