/** A timer that has been set; `cancel` after it fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The port through which everything in this folder sees time, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, not before `ms` milliseconds (>= 0) from now. Does not keep the process alive by itself. */
  setTimer(ms: number, fn: () => void): Timer;
}

/** The machine's own clock. Timers beyond 2^31-1 ms are cut to that. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (ms, fn) => {
    const timer = setTimeout(fn, Math.min(Math.max(ms, 0), 2 ** 31 - 1));
    return { cancel: () => clearTimeout(timer) };
  },
};
