import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const metrics = (injectedPods = () => 0) =>
  createMetrics({
    injectedPods,
    cleanupOutcomes: ['clean', 'leaked'],
    runOutcomes: ['Completed', 'Failed'],
  });

it('has every outcome from the start, as 0', async () => {
  const { registry, queue } = metrics();
  queue('cx');
  const text = await registry.metrics();
  for (const line of [
    'squall_injected_pods 0',
    'squall_cleanups_total{outcome="clean"} 0',
    'squall_cleanups_total{outcome="leaked"} 0',
    'squall_runs_total{outcome="Completed"} 0',
    'controller_runtime_reconcile_total{controller="cx",result="success"} 0',
    'controller_runtime_reconcile_total{controller="cx",result="requeue_after"} 0',
    'controller_runtime_reconcile_total{controller="cx",result="error"} 0',
    'controller_runtime_reconcile_total{controller="cx",result="terminal_error"} 0',
    'workqueue_depth{name="cx"} 0',
    'workqueue_retries_total{name="cx"} 0',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

it('counts the pods with a fault when it is scraped, and only then', async () => {
  const answers = [2, 5];
  const { registry } = metrics(() => answers.shift() ?? 0);
  expect(answers).toEqual([2, 5]);
  expect(await registry.metrics()).toContain('squall_injected_pods 2\n');
  expect(await registry.metrics()).toContain('squall_injected_pods 5\n');
});

it('follows requests and a work queue', async () => {
  const { registry, onRequest, queue } = metrics();
  onRequest('GET', '200');
  onRequest('GET', '200');
  onRequest('PATCH', '<error>');
  const cx = queue('cx');
  cx.inWork(() => [2, 3]);
  cx.added();
  cx.depth(4);
  cx.waited(0.02);
  cx.worked(1.5, 'after');
  cx.retried();
  const text = await registry.metrics();
  for (const line of [
    'rest_client_requests_total{method="GET",code="200"} 2',
    'rest_client_requests_total{method="PATCH",code="<error>"} 1',
    'workqueue_adds_total{name="cx"} 1',
    'workqueue_depth{name="cx"} 4',
    'workqueue_retries_total{name="cx"} 1',
    'workqueue_queue_duration_seconds_sum{name="cx"} 0.02',
    'workqueue_work_duration_seconds_sum{name="cx"} 1.5',
    'workqueue_unfinished_work_seconds{name="cx"} 5',
    'workqueue_longest_running_processor_seconds{name="cx"} 3',
    'controller_runtime_reconcile_total{controller="cx",result="requeue_after"} 1',
    'controller_runtime_reconcile_time_seconds_count{controller="cx"} 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
