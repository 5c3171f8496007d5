import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import type { Decision } from './effects.ts';
import { isDynamic } from './join.ts';
import type { Observed } from './observed.ts';
import { anew, asksForRerun } from './rerun.ts';
import { carryOn, hasStarted } from './run.ts';
import { start } from './start.ts';
import { stopReason } from './stop.ts';

/**
 * The whole life of a run: what its status should be and what is to be done now, from what is observed and the time
 * (milliseconds since the epoch) alone. Deciding again with the same input gives the same answer; deciding
 * with the outcome in place asks for nothing twice.
 */
export function decide(observed: Observed, now: number): Decision {
  const { experiment } = observed;
  if (asksForRerun(experiment)) return start({ ...observed, experiment: anew(experiment) }, now);
  const { status } = experiment;
  return hasStarted(status) ? carryOn(observed, status, now) : start(observed, now);
}

/** Whether deciding may choose pods, which is done for one experiment at a time. */
export function mayPlan(experiment: ChaosExperiment): boolean {
  const { status } = experiment;
  if (!hasStarted(status) || asksForRerun(experiment)) return true;
  const ends =
    isFinal(status.phase) ||
    status.stopping !== undefined ||
    experiment.metadata.deletionTimestamp !== undefined ||
    stopReason(experiment) !== undefined;
  return isDynamic(experiment) && !ends;
}
