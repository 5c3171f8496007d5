import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type {
  SafetyPolicy,
  SafetyPolicyStatus,
} from '../../api/v1alpha1/safety-policy.generated.ts';
import { describeLimits, type Limits } from './limits.ts';
import { isQueued } from './queue.ts';

/** What the status of a policy should say: what is in force, and the experiments that this policy holds back. */
export function policyStatus(
  { metadata, spec }: SafetyPolicy,
  limits: Limits,
  experiments: readonly ChaosExperiment[],
): SafetyPolicyStatus {
  const queued =
    limits.maxConcurrentExperiments.by === metadata.name ? experiments.filter(isQueued).length : 0;
  const refused = spec.halt ? experiments.filter(isRefusedByHalt).length : 0;
  return {
    observedGeneration: metadata.generation,
    heldBack: queued + refused,
    inForce: describeLimits(limits),
  };
}

function isRefusedByHalt({ status }: ChaosExperiment): boolean {
  const accepted = status?.conditions?.find(({ type }) => type === 'Accepted');
  return accepted?.status === 'False' && accepted.reason === 'Halted';
}
