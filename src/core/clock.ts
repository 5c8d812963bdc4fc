/** Where time comes from. Injected everywhere, so that tests own it. */
export interface Clock {
  /** The present, in epoch milliseconds. Never goes backwards. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now; the returned handle is for `clearTimer` only. */
  setTimer(callback: () => void, delayMs: number): unknown;
  clearTimer(timer: unknown): void;
}

/** The longest delay a host timer honours: past 2^31−1 ms it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The host's wall clock. When it steps backwards (NTP, a resumed machine), time goes on from the
 * latest instant seen, so refills neither stop nor happen twice. Its timers do not keep a process
 * alive, unless `holdProcess` says so.
 */
export const systemClock: Clock = newSystemClock();

function newSystemClock(): Clock {
  // Fields of an object, not variables: V8 makes a new object of each large number in a variable.
  const state = { latest: 0, steppedBackMs: 0 };

  return {
    now() {
      let now = Date.now() + state.steppedBackMs;
      if (now < state.latest) {
        state.steppedBackMs += state.latest - now;
        now = state.latest;
      }
      state.latest = now;
      return now;
    },
    setTimer(callback, delayMs) {
      const timer: unknown = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS));
      // Node's handle is an object that can be unref'd; other hosts return a number.
      if (isNodeTimer(timer)) timer.unref();
      return timer;
    },
    clearTimer(timer) {
      if (isNodeTimer(timer) || typeof timer === 'number') clearTimeout(timer);
    },
  };
}

/** Whether a timer of `systemClock` keeps the process alive, where the host knows the difference. */
export function holdProcess(timer: unknown, isHeld: boolean): void {
  if (!isNodeTimer(timer)) return;
  if (isHeld) timer.ref();
  else timer.unref();
}

function isNodeTimer(timer: unknown): timer is ReturnType<typeof setTimeout> {
  return typeof timer === 'object' && timer !== null && 'ref' in timer && 'unref' in timer;
}
