import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { parseDuration } from '../duration.ts';

/** What is wrong with a field of a spec, and what it takes. */
export interface SpecFault {
  /** A path such as `spec.profile[1].at`. */
  readonly field: string;
  readonly message: string;
}

/**
 * What is wrong with the times of a profile, one entry for each step: they go up, and each step begins before the run is
 * over. A duration that cannot be read is no fault of the profile.
 */
export function profileFaults({
  profile = [],
  duration,
}: Pick<ChaosExperimentSpec, 'profile' | 'duration'>): SpecFault[] {
  const endMs = parseDuration(duration) ?? Number.POSITIVE_INFINITY;
  return profile.flatMap(({ at }, index): SpecFault[] => {
    const field = `spec.profile[${index}].at`;
    const atMs = parseDuration(at);
    if (atMs === undefined) {
      return [
        { field, message: `"${at}" is not a time since the fault began, such as 0s or 1m30s` },
      ];
    }
    if (atMs >= endMs) {
      const message = `${at} is when the run is over or later: takes a time below spec.duration ${duration}`;
      return [{ field, message }];
    }
    const before = profile[index - 1]?.at;
    if (before === undefined || atMs > (parseDuration(before) ?? -1)) return [];
    const message = `${at} is not after the step before it: takes a time above ${before}, as steps are in the order of their times`;
    return [{ field, message }];
  });
}
