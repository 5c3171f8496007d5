import { EXPERIMENT_VARIABLE, isOurs, UID_VARIABLE } from '../container.ts';
import type { Pod } from './pod.ts';

/**
 * The experiment (namespace/name) whose agent runs in the pod although the experiment itself is not there any more, as
 * after its finalizer was taken off by hand; undefined when there is none. Such an agent ends its fault by itself, in time.
 *
 * @param isKnown whether the experiment of that uid is there, or was over when it went: an agent that has told its end
 * is reported as running for a moment longer
 */
export function orphanIn(pod: Pod, isKnown: (uid: string) => boolean): string | undefined {
  const agent = pod.ephemeralContainers.find(
    (container) =>
      container.state.kind === 'running' &&
      isOurs(container) &&
      !isKnown(container.env[UID_VARIABLE] ?? ''),
  );
  return agent && (agent.env[EXPERIMENT_VARIABLE] ?? 'an experiment that is gone');
}
