import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { impairments } from './impairment.ts';
import { profileFaults, type SpecFault } from './profile.ts';
import { formatMicroseconds } from './units.ts';

/** What a spec says that cannot be, whatever the cluster is like, and that the API server's own rules do not find. */
export function contradictions(spec: ChaosExperimentSpec): SpecFault[] {
  return [...profileFaults(spec), ...jitterFaults(spec)];
}

/** netem sends no packet before it has it: below a latency of less than the jitter, the mean would not be what was asked. */
function jitterFaults(spec: ChaosExperimentSpec): SpecFault[] {
  return impairments(spec).flatMap(({ latencyUs, jitterUs }, moment): SpecFault[] => {
    if (jitterUs <= latencyUs) return [];
    const step = spec.profile?.[moment - 1];
    const field = step === undefined ? 'spec.jitter' : `spec.profile[${moment - 1}].jitter`;
    const message = `${formatMicroseconds(jitterUs)} is above the latency of ${formatMicroseconds(latencyUs)}, and no packet can be sent before it comes: at most ${formatMicroseconds(latencyUs)}`;
    return [{ field, message }];
  });
}
