import { STOP_ANNOTATION } from '../../api/v1alpha1/annotations.ts';
import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';

/** The words of the stop annotation; undefined when nobody asked to stop. */
export function stopReason(experiment: ChaosExperiment): string | undefined {
  const value = experiment.metadata.annotations?.[STOP_ANNOTATION];
  return value === undefined ? undefined : value || 'no reason given';
}

/** Why the run has to end early; undefined when it may go on. */
export function endsEarly(experiment: ChaosExperiment): string | undefined {
  if (experiment.metadata.deletionTimestamp !== undefined) return 'the experiment was deleted';
  const reason = stopReason(experiment);
  return reason === undefined ? undefined : `stopped: ${reason}`;
}
