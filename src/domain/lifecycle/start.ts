import { RECOVER_FINALIZER, RUN_ANNOTATION } from '../../api/v1alpha1/annotations.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import type { AcceptedReason } from '../../api/v1alpha1/reasons.ts';
import { parseDuration } from '../duration.ts';
import { contradictions } from '../network/contradictions.ts';
import { queuedBehind } from '../safety/queue.ts';
import { explain } from '../safety/rules.ts';
import { aimless } from './aim.ts';
import { commit, type StartTimes } from './commit.ts';
import type { Decision } from './effects.ts';
import { letGo } from './let-go.ts';
import type { Observed } from './observed.ts';
import { pending, refuse } from './opening.ts';
import { nobody, propose } from './propose.ts';
import { rehearse } from './rehearse.ts';
import { stopReason } from './stop.ts';
import { worldOf } from './world.ts';

/** How soon to look again at what cannot be read. */
const READ_AGAIN_MS = 1_000;
/** How soon to look again for a place, although the end of a run is an event of its own. */
const PLACE_AGAIN_MS = 5_000;

/** A run that has not begun: refuse it, only plan it, or plan it and write that down before anything is done. */
export function start(observed: Observed, now: number): Decision {
  const { experiment, others } = observed;
  const { metadata, spec } = experiment;
  if (metadata.deletionTimestamp !== undefined) return letGo(observed, now);
  const decided = decidedAlready(observed);
  const stop = stopReason(experiment);
  if (stop !== undefined && !(decided && isFinal(experiment.status?.phase))) {
    return refuse(
      observed,
      now,
      'StoppedBeforeStart',
      `stopped before it started: ${stop}`,
      'Aborted',
    );
  }
  if (decided) return letGo(observed, now);

  const times = readTimes(spec);
  if (typeof times === 'string') return refuse(observed, now, 'InvalidSpec', times);
  const faults = contradictions(spec);
  if (faults.length > 0) return refuse(observed, now, 'InvalidSpec', explain(faults));
  if (neverPlanned(experiment)) {
    const late = tooLate(observed, times, now);
    if (late !== undefined) return refuse(observed, now, ...late);
  }
  const world = worldOf(observed);
  if (world.kind === 'unreadable') return wait(observed, now, world.reason, world.message);
  const proposed = propose(experiment, world.value);
  const { planned, violations, peers, unknown } = proposed;
  if (unknown !== undefined) return wait(observed, now, 'ClusterUnreadable', unknown);
  const [first] = violations;
  if (first !== undefined) {
    return refuse(observed, now, first.reason, explain(violations), 'Failed', planned);
  }
  if (planned.selected.length === 0) {
    return refuse(observed, now, 'NoEligiblePods', nobody(planned), 'Failed', planned);
  }
  const lost = aimless(peers);
  if (lost !== undefined) {
    return refuse(observed, now, lost.reason, lost.message, 'Failed', planned);
  }
  if (spec.dryRun) return rehearse(observed, now, proposed, times);
  const queued = queuedBehind(metadata, others, world.value.limits.maxConcurrentExperiments, now);
  if (queued !== undefined) return wait(observed, now, 'Queued', queued, PLACE_AGAIN_MS);
  if (!metadata.finalizers?.includes(RECOVER_FINALIZER)) {
    return { status: experiment.status ?? {}, effects: [], finalizer: 'add' };
  }
  return { status: commit(observed, now, proposed, times), writeAhead: true, effects: [] };
}

/** What was decided for this generation of the spec holds until the spec changes; re-applying it changes nothing. */
function decidedAlready({ experiment }: Observed): boolean {
  const { status, metadata } = experiment;
  return (
    status?.observedGeneration === metadata.generation &&
    (status.phase === 'Planned' || status.phase === 'Failed' || status.phase === 'Aborted')
  );
}

/** It has waited since its creation, or was created from a backup; a dry run's promise may be kept at any time. */
function neverPlanned({ status }: Observed['experiment']): boolean {
  return (
    status === undefined ||
    (status.attempt === undefined &&
      status.rerun === undefined &&
      status.phase === 'Pending' &&
      status.plan === undefined)
  );
}

function tooLate(
  { experiment: { metadata, spec } }: Observed,
  { startingDeadlineMs }: StartTimes,
  now: number,
): [reason: 'Restored' | 'StartingDeadlineExceeded', message: string] | undefined {
  const ranAs = metadata.annotations?.[RUN_ANNOTATION];
  if (ranAs !== undefined && ranAs !== metadata.uid) {
    const message = `a copy of an experiment that was run as ${ranAs}, as a backup restores it: to run it, create it without the annotation ${RUN_ANNOTATION}`;
    return ['Restored', message];
  }
  const age = now - Date.parse(metadata.creationTimestamp);
  if (age <= startingDeadlineMs) return undefined;
  const message = `created ${Math.round(age / 1000)} s ago and never run, later than spec.startingDeadline ${spec.startingDeadline} allows: create it anew`;
  return ['StartingDeadlineExceeded', message];
}

function wait(
  observed: Observed,
  now: number,
  reason: AcceptedReason,
  message: string,
  forMs = READ_AGAIN_MS,
): Decision {
  return { status: pending(observed, now, reason, message), effects: [], wakeAt: now + forMs };
}

function readTimes(spec: Observed['experiment']['spec']): StartTimes | string {
  const read = {
    duration: spec.duration,
    injectionTimeout: spec.injectionTimeout,
    startingDeadline: spec.startingDeadline,
  };
  for (const [field, text] of Object.entries(read)) {
    if (parseDuration(text) === undefined)
      return `spec.${field} "${text}" is not a duration such as 30s, 5m or 1h30m`;
  }
  return {
    durationMs: parseDuration(spec.duration) ?? 0,
    injectionTimeoutMs: parseDuration(spec.injectionTimeout) ?? 0,
    startingDeadlineMs: parseDuration(spec.startingDeadline) ?? 0,
  };
}
