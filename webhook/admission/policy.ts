import type { ChaosExperiment } from '../../src/api/v1alpha1/chaos-experiment.generated.ts';
import type { SafetyPolicy } from '../../src/api/v1alpha1/safety-policy.generated.ts';
import { formatDuration } from '../../src/domain/duration.ts';
import { ceilingsInForce } from '../../src/domain/safety/limits.ts';
import { isActive, isQueued } from '../../src/domain/safety/queue.ts';
import type { AdmissionRequest, Verdict } from '../review.ts';
import { malformed } from './refusals.ts';
import { parsePolicy } from './schema.ts';

export interface PolicyAdmission {
  /** The other policies that are known, and the experiments. */
  readonly policies: () => readonly SafetyPolicy[];
  readonly experiments: () => readonly ChaosExperiment[];
}

/** In the order of the warnings. */
const ceilings = [
  'maxPercentage',
  'maxPods',
  'maxConcurrentExperiments',
  'maxLossPercentage',
  'maxDuration',
] as const;

/**
 * A policy that has the right form is always let in, also a change that loosens it: that is for whoever has the right to
 * write policies. Warnings tell what halt stops, and which of its limits do nothing, as another policy is stricter.
 */
export function admitPolicy(
  { object }: AdmissionRequest,
  { policies, experiments }: PolicyAdmission,
): Verdict {
  const parsed = parsePolicy(object);
  if (parsed.kind === 'malformed') return malformed(parsed.causes);
  const policy = parsed.object;
  const others = policies().filter(({ metadata }) => metadata.name !== policy.metadata.name);
  const warnings: string[] = [];
  if (policy.spec.halt) {
    const running = experiments().filter(isActive).length;
    const waiting = experiments().filter(isQueued).length;
    warnings.push(
      `spec.halt: stops ${running} running experiments, refuses ${waiting} that wait, and all that come`,
    );
  }
  const own = ceilingsInForce([policy]);
  const theirs = ceilingsInForce(others);
  for (const field of ceilings) {
    const { value, by } = theirs[field];
    if (by === undefined || own[field].by === undefined || value >= own[field].value) continue;
    const text = field === 'maxDuration' ? formatDuration(value) : value;
    warnings.push(`spec.${field}: ${text} of SafetyPolicy ${by} stays in force, as it is stricter`);
  }
  return { allowed: true, warnings, auditAnnotations: { decision: 'Allowed' } };
}
