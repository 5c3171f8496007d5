import type { Counter, Gauge, Registry } from 'prom-client';
import type { WorkQueueMetrics } from '../kube/work-queue.ts';

export interface Metrics {
  readonly registry: Registry;
  /** squall_injected_pods: pods that carry a proven fault now. */
  readonly injectedPods: Gauge;
  /** squall_cleanups_total{outcome} */
  readonly cleanups: Counter<'outcome'>;
  /** squall_runs_total{outcome} */
  readonly runs: Counter<'outcome'>;
  /** rest_client_requests_total{method,code}; give it to KubeClient as onRequest. */
  readonly onRequest: (method: string, code: string) => void;
  /** workqueue_* and controller_runtime_* of one controller; give it to WorkQueue as metrics. */
  readonly queue: (controller: string) => WorkQueueMetrics;
}

/** The outcome lists are preset to 0, so that a rate over them is defined from the start. */
export declare function createMetrics(options: {
  readonly cleanupOutcomes: readonly string[];
  readonly runOutcomes: readonly string[];
}): Metrics;
