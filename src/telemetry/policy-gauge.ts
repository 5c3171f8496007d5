import { Gauge, type Registry } from 'prom-client';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';

/**
 * squall_safety_policy_generation{policy}: the metadata.generation of each SafetyPolicy that this process judges by.
 * Where it differs from the object's own, what was changed is not in force here yet. Call what is returned with
 * all policies after each change.
 */
export function policyGauge(registry: Registry): (policies: readonly SafetyPolicy[]) => void {
  const gauge = new Gauge({
    name: 'squall_safety_policy_generation',
    help: 'The metadata.generation of each SafetyPolicy that this process judges by.',
    labelNames: ['policy'],
    registers: [registry],
  });
  return (policies) => {
    gauge.reset();
    for (const { metadata } of policies) gauge.set({ policy: metadata.name }, metadata.generation);
  };
}
