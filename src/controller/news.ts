import type { ChaosExperimentStatus } from '../api/v1alpha1/chaos-experiment.generated.ts';
import type { Decision } from '../domain/lifecycle/effects.ts';

/** Whether the decided status tells people what the observed one does not: another phase, or another pod that is lost. */
export function isNews(
  observed: ChaosExperimentStatus | undefined,
  { status, writeAhead }: Pick<Decision, 'status' | 'writeAhead'>,
): boolean {
  return (
    writeAhead === true || observed?.phase !== status.phase || lostPods(status) > lostPods(observed)
  );
}

/** Pods of which it is not known that the fault is gone. */
const lostPods = (status: ChaosExperimentStatus | undefined) =>
  (status?.pods ?? []).filter(({ state }) => state === 'Leaked' || state === 'Abandoned').length;
