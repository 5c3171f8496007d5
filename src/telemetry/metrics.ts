import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome, WorkQueueMetrics } from '../kube/work-queue.ts';

export interface Metrics {
  readonly registry: Registry;
  /** squall_injected_pods: pods that carry a proven fault now. */
  readonly injectedPods: Gauge;
  /** squall_cleanups_total{outcome}: pods whose fault is over, by how. */
  readonly cleanups: Counter<'outcome'>;
  /** squall_runs_total{outcome}: runs that are over, by how. */
  readonly runs: Counter<'outcome'>;
  /** rest_client_requests_total{method,code}; for KubeClient. */
  readonly onRequest: (method: string, code: string) => void;
  /** workqueue_* and controller_runtime_* of one controller; for its WorkQueue. */
  readonly queue: (controller: string) => WorkQueueMetrics;
}

export interface MetricsOptions {
  /** Closed lists: each is there with 0 from the start, so that a rate over it is defined. */
  readonly cleanupOutcomes: readonly string[];
  readonly runOutcomes: readonly string[];
}

/** The result label; names of controller-runtime, besides terminal_error, which it counts apart. */
const resultOf: Readonly<Record<Outcome['kind'], string>> = {
  done: 'success',
  after: 'requeue_after',
  retry: 'error',
  terminal: 'terminal_error',
};

/** Seconds. */
const queueBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];
const reconcileBuckets = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics under the names that controller-runtime and client-go use, so that their dashboards and alerts fit. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const injectedPods = new Gauge({
    name: 'squall_injected_pods',
    help: 'Pods that carry a proven fault now.',
    registers,
  });
  const cleanups = new Counter({
    name: 'squall_cleanups_total',
    help: 'Pods whose fault is over, by how it ended.',
    labelNames: ['outcome'],
    registers,
  });
  const runs = new Counter({
    name: 'squall_runs_total',
    help: 'Runs of experiments that are over, by how they ended.',
    labelNames: ['outcome'],
    registers,
  });
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'HTTP requests to the API server, by method and status.',
    labelNames: ['method', 'code'],
    registers,
  });
  for (const outcome of options.cleanupOutcomes) cleanups.inc({ outcome }, 0);
  for (const outcome of options.runOutcomes) runs.inc({ outcome }, 0);
  return {
    registry,
    injectedPods,
    cleanups,
    runs,
    onRequest: (method, code) => requests.inc({ method, code }),
    queue: queueMetrics(registry),
  };
}

function queueMetrics(registry: Registry): Metrics['queue'] {
  const registers = [registry];
  const inWork = new Map<string, () => readonly number[]>();
  const gaugeOf = (
    name: string,
    label: string,
    help: string,
    of: (s: readonly number[]) => number,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [controller, seconds] of inWork)
          this.set({ [label]: controller }, of(seconds()));
      },
    });
  gaugeOf(
    'workqueue_unfinished_work_seconds',
    'name',
    'Seconds spent so far on the reconciles under way, in total.',
    (seconds) => seconds.reduce((sum, one) => sum + one, 0),
  );
  gaugeOf(
    'workqueue_longest_running_processor_seconds',
    'name',
    'Seconds spent so far on the longest reconcile under way.',
    (seconds) => Math.max(0, ...seconds),
  );
  gaugeOf(
    'controller_runtime_active_workers',
    'controller',
    'Reconciles under way.',
    (seconds) => seconds.length,
  );
  const depth = new Gauge({
    name: 'workqueue_depth',
    help: 'Keys that wait for a worker.',
    labelNames: ['name'],
    registers,
  });
  const adds = new Counter({
    name: 'workqueue_adds_total',
    help: 'Keys that were added to the queue.',
    labelNames: ['name'],
    registers,
  });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Reconciles that failed and will be retried.',
    labelNames: ['name'],
    registers,
  });
  const queueDuration = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'Seconds that a key waited for a worker.',
    labelNames: ['name'],
    buckets: queueBuckets,
    registers,
  });
  const workDuration = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'Seconds that a key was in work.',
    labelNames: ['name'],
    buckets: reconcileBuckets,
    registers,
  });
  const results = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles, by result.',
    labelNames: ['controller', 'result'],
    registers,
  });
  const reconcileTime = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Seconds that a reconcile took.',
    labelNames: ['controller'],
    buckets: reconcileBuckets,
    registers,
  });
  return (controller) => {
    const name = { name: controller };
    depth.set(name, 0);
    adds.inc(name, 0);
    retries.inc(name, 0);
    for (const result of Object.values(resultOf)) results.inc({ controller, result }, 0);
    return {
      inWork: (seconds) => inWork.set(controller, seconds),
      added: () => adds.inc(name),
      retried: () => retries.inc(name),
      depth: (keys) => depth.set(name, keys),
      waited: (seconds) => queueDuration.observe(name, seconds),
      worked: (seconds, outcome) => {
        workDuration.observe(name, seconds);
        reconcileTime.observe({ controller }, seconds);
        results.inc({ controller, result: resultOf[outcome] });
      },
    };
  };
}
