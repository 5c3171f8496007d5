import type { Clock } from './clock.ts';

/** How a reconcile ends. `retry` backs off (5 ms * 2^n, at most 60 s); `terminal` does not come back by itself. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'after'; readonly ms: number }
  | { readonly kind: 'retry'; readonly error: unknown }
  | { readonly kind: 'terminal'; readonly error: unknown };

export interface WorkQueueMetrics {
  added(): void;
  retried(): void;
  depth(n: number): void;
  /** Seconds in the queue before a worker took it. */
  waited(seconds: number): void;
  /** One reconcile ended. */
  worked(seconds: number, outcome: Outcome['kind']): void;
}

export interface WorkQueueOptions {
  readonly workers: number;
  /** Never called twice at once for one key. A rejection counts as `retry`. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
  readonly clock?: Clock;
  readonly metrics?: WorkQueueMetrics;
  readonly onOutcome?: (key: string, outcome: Outcome) => void;
}

export declare class WorkQueue {
  constructor(options: WorkQueueOptions);
  readonly depth: number;
  /** As often as you like: a waiting key is kept once, a key in work runs once more afterwards. */
  add(key: string): void;
  /** Of several times for one key the earliest counts. */
  addAfter(key: string, ms: number): void;
  start(): void;
  /** Takes no more keys; waits at most `timeoutMs` for those in work, then aborts their signal. */
  stop(timeoutMs: number): Promise<void>;
}
