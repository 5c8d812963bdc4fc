/** The windows providers use for limits: a second, ten, a minute, an hour, a day. In milliseconds. */
export const COMMON_WINDOWS_MS: readonly number[] = [1_000, 10_000, 60_000, 3_600_000, 86_400_000];
