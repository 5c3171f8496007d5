import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import { parseDuration } from '../duration.ts';
import { type Limit, named } from './limits.ts';

/** Whether the experiment takes one of the places of those that run. */
export function isActive({ status }: ChaosExperiment): boolean {
  return status?.startTime !== undefined && !isFinal(status.phase);
}

/** Whether the experiment waits for a place. */
export function isQueued({ metadata, status }: ChaosExperiment): boolean {
  const accepted = status?.conditions?.find(({ type }) => type === 'Accepted');
  return (
    metadata.deletionTimestamp === undefined &&
    status?.phase === 'Pending' &&
    accepted?.reason === 'Queued'
  );
}

/**
 * Why the experiment has to wait; undefined when there is a place for it. Places go to the oldest first; one that waits
 * longer than its startingDeadline, as where its controller is gone, keeps nobody waiting.
 *
 * @param now milliseconds since the epoch
 */
export function queuedBehind(
  experiment: Pick<ChaosExperiment['metadata'], 'creationTimestamp' | 'namespace' | 'name'>,
  others: readonly ChaosExperiment[],
  limit: Limit<number>,
  now: number,
): string | undefined {
  const running = others.filter(isActive).length;
  const before = others.filter(
    (other) =>
      isQueued(other) &&
      now <= waitingSince(other) + patience(other) &&
      place(other.metadata) < place(experiment),
  ).length;
  if (running + before < limit.value) return undefined;
  const ahead = before === 0 ? '' : `, and ${before} wait before it`;
  return `waits for a place: ${running} experiments run${ahead}; ${named('maxConcurrentExperiments', limit)}`;
}

/** A rerun, and a dry run that was made real, wait since they were asked for. */
function waitingSince({ metadata, status }: ChaosExperiment): number {
  const accepted = status?.conditions?.find(({ type }) => type === 'Accepted');
  return Date.parse(accepted?.lastTransitionTime ?? metadata.creationTimestamp);
}

const patience = ({ spec }: ChaosExperiment) => parseDuration(spec.startingDeadline) ?? 0;

/** RFC 3339 times in UTC, as the API server writes them, sort as texts. */
const place = ({
  creationTimestamp,
  namespace,
  name,
}: Pick<ChaosExperiment['metadata'], 'creationTimestamp' | 'namespace' | 'name'>) =>
  `${creationTimestamp} ${namespace}/${name}`;
