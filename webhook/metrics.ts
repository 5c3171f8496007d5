import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SafetyPolicy } from '../src/api/v1alpha1/safety-policy.generated.ts';
import { policyGauge } from '../src/telemetry/policy-gauge.ts';
import { type Answered, answerCodes } from './server.ts';

export interface WebhookMetrics {
  readonly registry: Registry;
  /** squall_safety_policy_generation{policy}: call it with all policies after each change. */
  readonly policies: (policies: readonly SafetyPolicy[]) => void;
  /** For the webhook server. */
  readonly onAnswered: (answered: Answered) => void;
  /** For KubeClient. */
  readonly onRequest: (method: string, code: string) => void;
}

/** Seconds; the API server waits for 5. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Metrics of the webhook, under controller-runtime's names where it has them. */
export function createWebhookMetrics(): WebhookMetrics {
  const registry = new Registry();
  const registers = [registry];
  const answers = new Counter({
    name: 'controller_runtime_webhook_requests_total',
    help: 'Admission reviews, by how they were answered.',
    labelNames: ['code'],
    registers,
  });
  const latency = new Histogram({
    name: 'controller_runtime_webhook_latency_seconds',
    help: 'How long the answers took.',
    buckets,
    registers,
  });
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server.',
    labelNames: ['method', 'code'],
    registers,
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  for (const code of answerCodes) answers.inc({ code }, 0);
  return {
    registry,
    policies: policyGauge(registry),
    onAnswered: ({ code, seconds }) => {
      answers.inc({ code });
      latency.observe(seconds);
    },
    onRequest: (method, code) => requests.inc({ method, code }),
  };
}
