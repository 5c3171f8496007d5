import { type Clock, systemClock, type Timer } from './clock.ts';

/** How a reconcile ended. */
export type Outcome =
  | { readonly kind: 'done' }
  /** Come back after `ms`. */
  | { readonly kind: 'after'; readonly ms: number }
  /** Come back after 5 ms * 2^n, at most 60 s; n counts the retries of this key in a row. */
  | { readonly kind: 'retry'; readonly error: unknown }
  /** It makes no sense to come back before something changes. */
  | { readonly kind: 'terminal'; readonly error: unknown };

/** Told of what happens in the queue; times are in seconds. */
export interface WorkQueueMetrics {
  /** Once, at construction: how long the reconciles under way have taken so far. */
  inWork(seconds: () => readonly number[]): void;
  added(): void;
  retried(): void;
  depth(keys: number): void;
  /** A key waited so long for its worker. */
  waited(seconds: number): void;
  /** A reconcile took so long and ended so. */
  worked(seconds: number, outcome: Outcome['kind']): void;
}

export interface WorkQueueOptions {
  /** Reconciles at the same time; at least 1. */
  readonly workers: number;
  /** Never called twice at the same time for one key. A rejection counts as `retry`. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
  readonly clock?: Clock;
  readonly metrics?: WorkQueueMetrics;
  readonly onOutcome?: (key: string, outcome: Outcome) => void;
}

const firstRetryMs = 5;
const maxRetryMs = 60_000;

/**
 * Keys to reconcile, each at most once in the queue and at most once in work: a key added while it is in work is
 * reconciled once more afterwards, so that the last change is never missed.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #clock: Clock;
  /** Key to the time it was added, in the order in which they are taken. */
  readonly #queued = new Map<string, number>();
  /** Key to the time it was taken. */
  readonly #inWork = new Map<string, number>();
  /** Keys added while in work. */
  readonly #dirty = new Set<string>();
  readonly #later = new Map<string, { readonly at: number; readonly timer: Timer }>();
  readonly #retries = new Map<string, number>();
  readonly #abort = new AbortController();
  #phase: 'new' | 'started' | 'stopped' = 'new';
  #onIdle: (() => void) | undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    options.metrics?.inWork(() => {
      const now = this.#clock.now();
      return [...this.#inWork.values()].map((since) => (now - since) / 1000);
    });
  }

  /** Keys that wait for a worker. */
  get depth(): number {
    return this.#queued.size;
  }

  add(key: string): void {
    if (this.#phase === 'stopped') return;
    if (this.#inWork.has(key)) {
      this.#dirty.add(key);
      return;
    }
    if (this.#queued.has(key)) return;
    this.#queued.set(key, this.#clock.now());
    this.#options.metrics?.added();
    this.#options.metrics?.depth(this.depth);
    this.#pump();
  }

  /** Of several times for one key the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (this.#phase === 'stopped') return;
    const at = this.#clock.now() + ms;
    const later = this.#later.get(key);
    if (later && later.at <= at) return;
    later?.timer.cancel();
    const timer = this.#clock.setTimer(ms, () => {
      this.#later.delete(key);
      this.add(key);
    });
    this.#later.set(key, { at, timer });
  }

  /** From now on keys are reconciled; those added before have waited. */
  start(): void {
    if (this.#phase === 'new') this.#phase = 'started';
    this.#pump();
  }

  /**
   * Takes and starts no more keys. Resolves when none is in work any more; after `timeoutMs` their signal is aborted,
   * and it resolves at the latest `timeoutMs` after that.
   */
  async stop(timeoutMs: number): Promise<void> {
    this.#phase = 'stopped';
    for (const { timer } of this.#later.values()) timer.cancel();
    this.#later.clear();
    this.#queued.clear();
    this.#options.metrics?.depth(0);
    if (!(await this.#idle(timeoutMs))) {
      this.#abort.abort();
      await this.#idle(timeoutMs);
    }
  }

  #idle(timeoutMs: number): Promise<boolean> {
    if (this.#inWork.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(timeoutMs, () => resolve(false));
      this.#onIdle = () => {
        timer.cancel();
        resolve(true);
      };
    });
  }

  #pump(): void {
    for (const [key, addedAt] of this.#queued) {
      if (this.#phase !== 'started' || this.#inWork.size >= this.#options.workers) return;
      this.#queued.delete(key);
      const now = this.#clock.now();
      this.#inWork.set(key, now);
      this.#options.metrics?.depth(this.depth);
      this.#options.metrics?.waited((now - addedAt) / 1000);
      void this.#work(key, now);
    }
  }

  async #work(key: string, since: number): Promise<void> {
    const outcome = await this.#reconcile(key);
    this.#inWork.delete(key);
    this.#options.metrics?.worked((this.#clock.now() - since) / 1000, outcome.kind);
    this.#options.onOutcome?.(key, outcome);
    if (outcome.kind === 'retry') this.#retry(key);
    else this.#retries.delete(key);
    if (outcome.kind === 'after') this.addAfter(key, outcome.ms);
    if (this.#dirty.delete(key)) this.add(key);
    if (this.#inWork.size === 0) this.#onIdle?.();
    this.#pump();
  }

  async #reconcile(key: string): Promise<Outcome> {
    try {
      return await this.#options.reconcile(key, this.#abort.signal);
    } catch (error) {
      return { kind: 'retry', error };
    }
  }

  #retry(key: string): void {
    const retries = this.#retries.get(key) ?? 0;
    this.#retries.set(key, retries + 1);
    this.#options.metrics?.retried();
    this.addAfter(key, Math.min(firstRetryMs * 2 ** retries, maxRetryMs));
  }
}
