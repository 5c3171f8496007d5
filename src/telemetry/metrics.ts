import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import type { Outcome, WorkQueueMetrics } from '../kube/work-queue.ts';
import { policyGauge } from './policy-gauge.ts';

export interface Metrics {
  readonly registry: Registry;
  /** squall_cleanups_total{outcome}: pods whose fault is over, by how. */
  readonly cleanups: Counter<'outcome'>;
  /** squall_runs_total{outcome}: runs that are over, by how. */
  readonly runs: Counter<'outcome'>;
  /** squall_safety_policy_generation{policy}: call it with all policies after each change. */
  readonly policies: (policies: readonly SafetyPolicy[]) => void;
  /** rest_client_requests_total{method,code}; for KubeClient. */
  readonly onRequest: (method: string, code: string) => void;
  /** workqueue_* and controller_runtime_* of one controller; for its WorkQueue. */
  readonly queue: (controller: string) => WorkQueueMetrics;
}

export interface MetricsOptions {
  /** Pods that carry a proven fault now; asked at each scrape. */
  readonly injectedPods: () => number;
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
const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics under the names that controller-runtime and client-go use, so that their dashboards and alerts fit. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const { counter, gauge } = factoryOf(registry);
  gauge('squall_injected_pods', 'Pods that carry a proven fault now.', [], (set) => {
    set({}, options.injectedPods());
  });
  const cleanups = counter('squall_cleanups_total', 'Pods whose fault is over, by how it ended.', [
    'outcome',
  ]);
  const runs = counter('squall_runs_total', 'Runs that are over, by how they ended.', ['outcome']);
  const requests = counter('rest_client_requests_total', 'Requests to the API server.', [
    'method',
    'code',
  ]);
  for (const outcome of options.cleanupOutcomes) cleanups.inc({ outcome }, 0);
  for (const outcome of options.runOutcomes) runs.inc({ outcome }, 0);
  return {
    registry,
    cleanups,
    runs,
    policies: policyGauge(registry),
    onRequest: (method, code) => requests.inc({ method, code }),
    queue: queueMetrics(registry),
  };
}

function queueMetrics(registry: Registry): Metrics['queue'] {
  const { counter, gauge, histogram } = factoryOf(registry);
  const inWork = new Map<string, () => readonly number[]>();
  const depth = gauge('workqueue_depth', 'Keys that wait for a worker.', ['name']);
  const adds = counter('workqueue_adds_total', 'Keys that were added to the queue.', ['name']);
  const retries = counter('workqueue_retries_total', 'Reconciles to be tried again.', ['name']);
  const waited = histogram('workqueue_queue_duration_seconds', 'How long keys waited.', ['name']);
  const worked = histogram('workqueue_work_duration_seconds', 'How long keys were in work.', [
    'name',
  ]);
  const unfinished = 'How long the reconciles under way have taken so far, together.';
  gauge('workqueue_unfinished_work_seconds', unfinished, ['name'], (set) => {
    for (const [name, seconds] of inWork) set({ name }, sum(seconds()));
  });
  const longest = 'How long the longest reconcile under way has taken so far.';
  gauge('workqueue_longest_running_processor_seconds', longest, ['name'], (set) => {
    for (const [name, seconds] of inWork) set({ name }, Math.max(0, ...seconds()));
  });
  const results = counter('controller_runtime_reconcile_total', 'Reconciles, by result.', [
    'controller',
    'result',
  ]);
  const time = histogram('controller_runtime_reconcile_time_seconds', 'How long they took.', [
    'controller',
  ]);
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
      waited: (seconds) => waited.observe(name, seconds),
      worked: (seconds, outcome) => {
        worked.observe(name, seconds);
        time.observe({ controller }, seconds);
        results.inc({ controller, result: resultOf[outcome] });
      },
    };
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function factoryOf(registry: Registry) {
  const registers = [registry];
  return {
    counter: <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      new Counter<L>({ name, help, labelNames, registers }),
    histogram: <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      new Histogram<L>({ name, help, labelNames, buckets, registers }),
    /** `collect` is called at each scrape. */
    gauge: <L extends string>(
      name: string,
      help: string,
      labelNames: readonly L[],
      collect: (
        set: (labels: Partial<Record<L, string>>, value: number) => void,
      ) => void = () => {},
    ) => {
      const gauge: Gauge<L> = new Gauge<L>({
        name,
        help,
        labelNames,
        registers,
        collect: () => collect((labels, value) => gauge.set(labels, value)),
      });
      return gauge;
    },
  };
}
