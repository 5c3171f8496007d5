import type { Clock, Timer } from './clock.ts';
import { KubeError } from './errors.ts';

export interface DeadlineOptions {
  readonly clock: Clock;
  /** Limit of the whole; default none. */
  readonly timeoutMs?: number | undefined;
  /** Limit of the time since the start or the last `touch`; default none. */
  readonly idleMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One AbortSignal out of a caller's signal and time limits. `release` must be called when the call is over: it
 * cancels the timers and lets go of the caller's signal, which may live as long as the process.
 */
export class Deadline {
  readonly #options: DeadlineOptions;
  readonly #controller = new AbortController();
  readonly #at: number;
  #touchedAt: number;
  #whole: Timer | undefined;
  #idle: Timer | undefined;
  #error: KubeError | undefined;

  constructor(options: DeadlineOptions) {
    const { clock, timeoutMs, idleMs, signal } = options;
    this.#options = options;
    this.#touchedAt = clock.now();
    this.#at = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
    if (signal?.aborted) {
      this.#onAbort();
      return;
    }
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (timeoutMs !== undefined) {
      this.#whole = clock.setTimer(timeoutMs, () => {
        this.#end(new KubeError('Timeout', `not finished after ${timeoutMs} ms`));
      });
    }
    if (idleMs !== undefined) this.#watchSilence(idleMs, idleMs);
  }

  /** Aborts when the deadline ends; its reason is `error`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it ended, with code Timeout or Aborted; undefined as long as it has not. */
  get error(): KubeError | undefined {
    return this.#error;
  }

  /** Of the whole; Infinity without a limit. */
  get remainingMs(): number {
    return this.#at - this.#options.clock.now();
  }

  /** A sign of life: the silence begins anew. */
  touch(): void {
    this.#touchedAt = this.#options.clock.now();
  }

  /** Resolves after `ms`; rejects with `error` when the deadline ends first. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#error) {
        reject(this.#error);
        return;
      }
      const onEnd = () => {
        timer.cancel();
        reject(this.signal.reason as KubeError);
      };
      const timer = this.#options.clock.setTimer(ms, () => {
        this.signal.removeEventListener('abort', onEnd);
        resolve();
      });
      this.signal.addEventListener('abort', onEnd, { once: true });
    });
  }

  /** Settles as the promise does; rejects with `error` when the deadline ends first. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const ended = new Promise<never>((_, reject) => {
      if (this.#error) reject(this.#error);
      else {
        const onEnd = () => reject(this.signal.reason as KubeError);
        this.signal.addEventListener('abort', onEnd, { once: true });
      }
    });
    return Promise.race([promise, ended]);
  }

  release(): void {
    this.#whole?.cancel();
    this.#idle?.cancel();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  // One timer per silence limit, not one per touch: a busy stream touches thousands of times a second.
  #watchSilence(idleMs: number, inMs: number): void {
    const { clock } = this.#options;
    this.#idle = clock.setTimer(inMs, () => {
      const leftMs = this.#touchedAt + idleMs - clock.now();
      if (leftMs > 0) this.#watchSilence(idleMs, leftMs);
      else this.#end(new KubeError('Timeout', `silent for ${idleMs} ms`));
    });
  }

  readonly #onAbort = () => this.#end(new KubeError('Aborted', 'ended by the caller'));

  #end(error: KubeError): void {
    if (this.#error) return;
    this.#error = error;
    this.release();
    this.#controller.abort(error);
  }
}
