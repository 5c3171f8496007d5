import { backoffMs } from '../kube/backoff.ts';
import type { Clock } from '../kube/clock.ts';
import { Deadline } from '../kube/deadline.ts';
import type { Follower, FollowerHealth } from './follower.ts';

export interface PollOptions {
  readonly clock: Clock;
  /** Milliseconds between two looks; after a failure, at most. */
  readonly everyMs: number;
  /** Brings the store up to date; rejects when that cannot be done, and has then changed nothing. */
  readonly look: (signal: AbortSignal) => Promise<void>;
  /** Told of each failure, before the next attempt. */
  readonly onError?: (error: Error) => void;
  /** 0 <= random() < 1, for jitter. */
  readonly random?: () => number;
}

/** How soon to look again after a first failure. */
const FIRST_RETRY_MS = 250;

/** Follows what cannot be watched by looking at it again and again. */
export class Poll implements Follower {
  readonly #options: PollOptions;
  readonly #stopping = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #health: FollowerHealth;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#health = { synced: false, fresh: false, since: options.clock.now() };
  }

  get health(): FollowerHealth {
    return this.#health;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** It cannot be started again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async waitSynced(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const deadline = new Deadline({ clock: this.#options.clock, timeoutMs, signal });
    try {
      await deadline.race(this.#synced.promise);
    } finally {
      deadline.release();
    }
  }

  async #run(): Promise<void> {
    const { clock, everyMs, random = Math.random } = this.#options;
    const { signal } = this.#stopping;
    const pause = new Deadline({ clock, signal });
    let failures = 0;
    while (!signal.aborted) {
      failures = (await this.#look(signal)) ? 0 : failures + 1;
      const backoff = { first: FIRST_RETRY_MS, max: everyMs, random: random() };
      await pause.sleep(failures === 0 ? everyMs : backoffMs(failures, backoff)).catch(() => {});
    }
    pause.release();
  }

  /** Whether it was read. */
  async #look(signal: AbortSignal): Promise<boolean> {
    const { clock, look, onError } = this.#options;
    try {
      await look(signal);
      const { fresh, since } = this.#health;
      this.#health = { synced: true, fresh: true, since: fresh ? since : clock.now() };
      this.#synced.resolve();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const lastError = error instanceof Error ? error : new Error(String(error));
      const { fresh, since, synced } = this.#health;
      this.#health = { synced, fresh: false, since: fresh ? clock.now() : since, lastError };
      onError?.(lastError);
      return false;
    }
  }
}
