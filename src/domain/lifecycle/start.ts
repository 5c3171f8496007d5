import { RECOVER_FINALIZER } from '../../api/v1alpha1/annotations.ts';
import type {
  ChaosExperimentStatus,
  PodStatusEntry,
  Run,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import type { AcceptedReason } from '../../api/v1alpha1/reasons.ts';
import { containerName } from '../container.ts';
import { parseDuration } from '../duration.ts';
import { realisedCorrelation } from '../network/gilbert.ts';
import { drawHandle } from '../network/handle.ts';
import { percentageViolation } from '../safety/percentage.ts';
import { type PlannedPods, planPods, targetNamespaces, targetsHash } from '../targets/plan.ts';
import type { Pod } from '../targets/pod.ts';
import { type AcceptedCondition, setCondition } from './conditions.ts';
import type { Decision } from './effects.ts';
import { type Observed, shortUid } from './observed.ts';
import { isSettled } from './pod-case.ts';
import { stopReason } from './stop.ts';
import { summarise } from './summary.ts';

/** A run that has not begun: refuse it, only plan it, or plan it and write that down before anything is done. */
export function start(observed: Observed, now: number): Decision {
  const { experiment, pods } = observed;
  const { metadata, spec } = experiment;
  if (metadata.deletionTimestamp !== undefined) return withdrawn(observed);
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
  if (decided) return withdrawn(observed);

  const limits = readLimits(spec);
  if (typeof limits === 'string') return refuse(observed, now, 'InvalidSpec', limits);
  const age = now - Date.parse(metadata.creationTimestamp);
  if (neverPlanned(experiment) && age > limits.startingDeadlineMs) {
    const seconds = Math.round(age / 1000);
    return refuse(
      observed,
      now,
      'StartingDeadlineExceeded',
      `created ${seconds} s ago and never run, later than spec.startingDeadline ${spec.startingDeadline} allows: create it anew`,
    );
  }
  const foreign = targetNamespaces(metadata.namespace, spec.targets).filter(
    (ns) => ns !== metadata.namespace,
  );
  if (foreign.length > 0 && !observed.settings.crossNamespace) {
    return refuse(
      observed,
      now,
      'CrossNamespace',
      `spec.targets.namespaces names ${foreign.join(', ')}: this installation allows only the experiment's own namespace ${metadata.namespace}`,
    );
  }
  if (pods.kind === 'unreadable') {
    return {
      status: pending(observed, now, 'ClusterUnreadable', pods.message),
      effects: [],
      wakeAt: now + 1_000,
    };
  }

  const planned = plan(observed, pods.all);
  const violation = percentageViolation(
    planned.selected.length,
    planned.faulted,
    planned.running,
    spec.safety?.maxPercentage,
  );
  if (violation !== undefined)
    return refuse(observed, now, 'MaxPercentageExceeded', violation, 'Failed', planned);
  if (planned.selected.length === 0) {
    return refuse(observed, now, 'NoEligiblePods', nobody(planned), 'Failed', planned);
  }
  if (spec.dryRun) return { status: promise(observed, now, planned), effects: [] };
  if (!metadata.finalizers?.includes(RECOVER_FINALIZER)) {
    return { ...unchanged(observed), finalizer: 'add' };
  }
  return { status: commit(observed, now, planned, limits), writeAhead: true, effects: [] };
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
  return status === undefined || (status.phase === 'Pending' && status.plan === undefined);
}

const unchanged = ({ experiment }: Observed): Decision => ({
  status: experiment.status ?? {},
  effects: [],
});

/** Nothing of ours is or will be anywhere: the experiment may go whenever its owner likes. */
function withdrawn(observed: Observed): Decision {
  const held = observed.experiment.metadata.finalizers?.includes(RECOVER_FINALIZER) ?? false;
  return { ...unchanged(observed), ...(held && { finalizer: 'remove' as const }) };
}

interface Limits {
  readonly durationMs: number;
  readonly injectionTimeoutMs: number;
  readonly startingDeadlineMs: number;
}

function readLimits(spec: Observed['experiment']['spec']): Limits | string {
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

function plan(observed: Observed, pods: readonly Pod[]): PlannedPods {
  const { experiment, others } = observed;
  const { metadata, spec, status } = experiment;
  const held = new Map<string, string>();
  for (const other of others) {
    for (const entry of other.status?.pods ?? []) {
      if (other.status?.startTime !== undefined && !isSettled(entry)) {
        held.set(entry.uid, `${other.metadata.namespace}/${other.metadata.name}`);
      }
    }
  }
  const input = {
    namespace: metadata.namespace,
    name: metadata.name,
    targets: spec.targets,
    seed: spec.seed,
    pods,
    faultedBy: (pod: Pod) => held.get(shortUid(pod)),
  };
  const kept = status?.plan?.targetsHash === targetsHash(input) ? (status.pods ?? []) : [];
  const promised = new Set(kept.map((entry) => entry.uid));
  return planPods({ ...input, promised: (pod) => promised.has(shortUid(pod)) });
}

function nobody({ plan: { matched, rejected = [] } }: PlannedPods): string {
  if (matched === 0 && rejected.length === 0) return 'no pod matches spec.targets';
  const reasons = rejected.map(
    ({ reason, count, examples = [] }) => `${reason} ${count} (${examples.join(', ')})`,
  );
  return `none of the ${matched} pods that match spec.targets can be hit: ${reasons.join('; ')}`;
}

function entries(planned: PlannedPods): PodStatusEntry[] {
  return planned.selected.map((pod) => ({
    namespace: pod.metadata.namespace,
    name: pod.metadata.name,
    uid: shortUid(pod),
    state: 'Planned',
  }));
}

/** What every status before the start has in common. Entries and figures of an earlier generation do not survive. */
function opening(
  observed: Observed,
  now: number,
  accepted: Omit<AcceptedCondition, 'type'>,
): ChaosExperimentStatus {
  const { experiment } = observed;
  const generation = experiment.metadata.generation;
  return {
    observedGeneration: generation,
    message: accepted.message,
    conditions: setCondition(
      experiment.status?.conditions,
      { type: 'Accepted', ...accepted },
      generation,
      now,
    ),
  };
}

function pending(
  observed: Observed,
  now: number,
  reason: AcceptedReason,
  message: string,
): ChaosExperimentStatus {
  // What a dry run has promised must outlive a moment in which the pods cannot be read.
  const { plan, pods, summary } = observed.experiment.status ?? {};
  return {
    ...opening(observed, now, { status: 'Unknown', reason, message }),
    phase: 'Pending',
    ...(plan && { plan }),
    ...(pods && { pods }),
    ...(summary && { summary }),
  };
}

function refuse(
  observed: Observed,
  now: number,
  reason: AcceptedReason,
  message: string,
  phase: 'Failed' | 'Aborted' = 'Failed',
  planned?: PlannedPods,
): Decision {
  const status = {
    ...opening(observed, now, { status: 'False', reason, message }),
    phase,
    ...(planned && { plan: planned.plan }),
    endTime: new Date(now).toISOString(),
  };
  return { status, effects: [] };
}

function promise(observed: Observed, now: number, planned: PlannedPods): ChaosExperimentStatus {
  const names = planned.selected.map((pod) => pod.metadata.name).sort();
  const message = `dry run: would hit ${planned.selected.length} of ${planned.plan.matched} matched pods: ${listed(names)}`;
  const pods = entries(planned);
  return {
    ...opening(observed, now, { status: 'True', reason: 'DryRun', message }),
    phase: 'Planned',
    plan: planned.plan,
    pods,
    summary: summarise(pods, observed.experiment.spec.lossPercentage),
  };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** The write-ahead: from here on the run is decided, times included, and is never planned again. */
function commit(
  observed: Observed,
  now: number,
  planned: PlannedPods,
  limits: Limits,
): ChaosExperimentStatus {
  const { experiment, others, settings } = observed;
  const { spec, metadata } = experiment;
  const attempt = (experiment.status?.attempt ?? 0) + 1;
  const startBefore = now + limits.injectionTimeoutMs;
  const taken = new Set(
    others
      .filter(({ status }) => status?.pods?.some((entry) => !isSettled(entry)))
      .flatMap(({ status }) => status?.run?.handle ?? []),
  );
  const run: Run = {
    container: containerName(metadata.uid, attempt),
    image: settings.injectorImage,
    handle: drawHandle(metadata.uid, attempt, taken).id,
    startBefore: new Date(startBefore).toISOString(),
    deadline: new Date(startBefore + limits.durationMs).toISOString(),
    durationMs: limits.durationMs,
    lossPercentage: spec.lossPercentage,
    correlation: spec.correlation,
    realisedCorrelation: realisedCorrelation(spec.correlation),
    direction: spec.direction,
  };
  const pods = entries(planned);
  const message = `planned: ${pods.length} of ${planned.plan.matched} matched pods`;
  return {
    ...opening(observed, now, { status: 'True', reason: 'Planned', message }),
    phase: 'Injecting',
    attempt,
    startTime: new Date(now).toISOString(),
    plan: planned.plan,
    run,
    pods,
    summary: summarise(pods, spec.lossPercentage),
  };
}
