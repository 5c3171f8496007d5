import type { PodStatusEntry, Targets } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { RunTimes } from './pod-case.ts';

/**
 * The times of one pod's turn: those of the run, later by as much as its turn came later. A pod that came later to a run
 * ends with it.
 */
export function timesOf({ batch }: Pick<PodStatusEntry, 'batch'>, times: RunTimes): RunTimes {
  if (batch === undefined) return times;
  const { startBefore, deadline, joinedDeadline } = times;
  return {
    ...times,
    startBefore: Math.min(startBefore + batch, joinedDeadline ?? Number.POSITIVE_INFINITY),
    deadline: joinedDeadline ?? deadline + batch,
  };
}

/** In a serial run, a pod that has no turn yet waits until those before it are settled. */
export function awaitsTurn(entry: PodStatusEntry, { sequence }: Targets): boolean {
  return sequence === 'serial' && entry.state === 'Planned' && entry.batch === undefined;
}
