import type { SafetyPolicy, SafetyPolicySpec } from '../../api/v1alpha1/safety-policy.generated.ts';
import { type Limits, limitsInForce } from './limits.ts';

export function aPolicy(spec: SafetyPolicySpec, name = 'strict'): SafetyPolicy {
  return {
    apiVersion: 'squall.dev/v1alpha1',
    kind: 'SafetyPolicy',
    metadata: {
      name,
      uid: `uid-of-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-03-01T12:00:00Z',
    },
    spec,
  };
}

/** The limits with one policy `strict`, where the rights of requesters are checked. */
export function limitsOf(spec: SafetyPolicySpec = {}): Limits {
  return limitsInForce([aPolicy(spec)], { requesterChecked: true });
}
