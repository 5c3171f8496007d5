/** A timer that has been set; cancelling one that fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** The port through which this folder sees time, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once, not before `ms` milliseconds from now; 0 or less means as soon as possible. */
  setTimer(ms: number, fn: () => void): Timer;
}

/** Longest delay that setTimeout takes; a longer one would fire at once. */
const maxTimeoutMs = 2 ** 31 - 1;

/** The machine's own clock. Timers longer than 24.8 days fire after 24.8 days. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (ms, fn) => {
    const timer = setTimeout(fn, Math.min(ms, maxTimeoutMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
