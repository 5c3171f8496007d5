import { RERUN_ANNOTATION } from '../../api/v1alpha1/annotations.ts';
import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';

/** The value of the rerun annotation. */
export function rerunToken({ metadata }: ChaosExperiment): string | undefined {
  return metadata.annotations?.[RERUN_ANNOTATION];
}

/** The run is over, and somebody has asked for another attempt since. */
export function asksForRerun(experiment: ChaosExperiment): boolean {
  const { metadata, status } = experiment;
  const token = rerunToken(experiment);
  return (
    metadata.deletionTimestamp === undefined &&
    isFinal(status?.phase) &&
    token !== undefined &&
    token !== status?.rerun
  );
}

/** The experiment as one that has not begun. The number of the last attempt stays: no attempt takes another's proof for its own. */
export function anew(experiment: ChaosExperiment): ChaosExperiment {
  const attempt = experiment.status?.attempt;
  return { ...experiment, status: attempt === undefined ? {} : { attempt } };
}
