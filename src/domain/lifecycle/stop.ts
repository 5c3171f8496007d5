import { STOP_ANNOTATION } from '../../api/v1alpha1/annotations.ts';
import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { origin } from '../safety/limits.ts';
import { shorten } from '../shorten.ts';
import type { Observed } from './observed.ts';

/** Longest text: an annotation may be longer than all that status takes. */
const MAX_REASON = 1_000;

/** The words of the stop annotation; undefined when nobody asked to stop. */
export function stopReason(experiment: ChaosExperiment): string | undefined {
  const value = experiment.metadata.annotations?.[STOP_ANNOTATION];
  return value === undefined ? undefined : shorten(value, MAX_REASON) || 'no reason given';
}

/**
 * Why the run has to end early; undefined when it may go on. A run that has begun to end goes on ending: taking the
 * cause back must not inject the rest.
 */
export function endsEarly({ experiment, limits }: Observed): string | undefined {
  if (experiment.status?.stopping !== undefined) return experiment.status.stopping;
  if (experiment.metadata.deletionTimestamp !== undefined) return 'the experiment was deleted';
  const reason = stopReason(experiment);
  if (reason !== undefined) return `stopped: ${reason}`;
  if (limits.kind === 'unreadable' || !limits.value.halt.value) return undefined;
  return `halted by ${origin(limits.value.halt.by)}`;
}
