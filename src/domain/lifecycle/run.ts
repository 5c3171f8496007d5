import { RECOVER_FINALIZER } from '../../api/v1alpha1/annotations.ts';
import type {
  ChaosExperimentStatus,
  Phase,
  PodStatusEntry,
  Run,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import { formatDuration } from '../duration.ts';
import {
  degradedCondition,
  injectedCondition,
  recoveredCondition,
  setCondition,
} from './conditions.ts';
import { type Decision, type Effect, earlier } from './effects.ts';
import { evidence } from './evidence.ts';
import { NO_ACTIVITY, type Observed } from './observed.ts';
import { stepPod } from './pod.ts';
import { isSettled, type RunTimes } from './pod-case.ts';
import { endsEarly } from './stop.ts';
import { summarise } from './summary.ts';

/** A run's status from its write-ahead on. */
export type StartedStatus = ChaosExperimentStatus & {
  startTime: string;
  run: Run;
  attempt: number;
};

export function hasStarted(status: ChaosExperimentStatus | undefined): status is StartedStatus {
  return (
    status?.startTime !== undefined && status.run !== undefined && status.attempt !== undefined
  );
}

export function runTimes({ startTime, run }: StartedStatus): RunTimes {
  return {
    start: Date.parse(startTime),
    startBefore: Date.parse(run.startBefore),
    deadline: Date.parse(run.deadline),
    duration: run.durationMs,
  };
}

/** A run that was committed to: take every pod one step further, and end when the last one is settled. */
export function carryOn(observed: Observed, status: StartedStatus, now: number): Decision {
  const { experiment, pods, activities, wroteAhead } = observed;
  if (isFinal(status.phase)) {
    const held = experiment.metadata.finalizers?.includes(RECOVER_FINALIZER) ?? false;
    return { status, effects: [], ...(held && { finalizer: 'remove' as const }) };
  }
  const times = runTimes(status);
  const early = endsEarly(experiment);
  const identity = {
    uid: experiment.metadata.uid,
    attempt: status.attempt,
    handle: status.run.handle,
  };
  const effects: Effect[] = [];
  const entries: PodStatusEntry[] = [];
  let wakeAt: number | undefined;
  for (const entry of status.pods ?? []) {
    const step = stepPod(
      {
        entry,
        activity: activities.get(entry.uid) ?? NO_ACTIVITY,
        times,
        stopping: early !== undefined,
        wroteAhead,
        now,
      },
      evidence(entry, pods, status.run.container, identity),
    );
    entries.push(step.entry);
    effects.push(...step.effects);
    wakeAt = earlier(wakeAt, step.wakeAt);
  }
  return {
    status: describe(observed, status, entries, times, early, now),
    effects,
    ...(wakeAt !== undefined && { wakeAt }),
  };
}

function describe(
  observed: Observed,
  status: StartedStatus,
  pods: PodStatusEntry[],
  times: RunTimes,
  early: string | undefined,
  now: number,
): ChaosExperimentStatus {
  const { run } = status;
  const { generation } = observed.experiment.metadata;
  const phase = phaseOf(pods, early !== undefined);
  const summary = summarise(pods, run.lossPercentage, times);
  const conditions = [
    injectedCondition(pods),
    recoveredCondition(pods),
    degradedCondition(pods, run.correlation),
  ].reduce((all, one) => setCondition(all, one, generation, now), status.conditions ?? []);
  return {
    ...status,
    phase,
    conditions,
    pods,
    summary,
    message: sentence(phase, run, summary, early),
    ...(isFinal(phase) && { endTime: new Date(now).toISOString() }),
  };
}

/** A run that hit nothing is never a success. */
function phaseOf(pods: readonly PodStatusEntry[], early: boolean): Phase {
  if (pods.every(isSettled)) {
    if (early) return 'Aborted';
    return pods.some((pod) => pod.applied !== undefined) ? 'Completed' : 'Failed';
  }
  if (early) return 'Recovering';
  if (pods.some((pod) => pod.state === 'Planned')) return 'Injecting';
  return pods.some((pod) => pod.state === 'Injected') ? 'Running' : 'Recovering';
}

function sentence(
  phase: Phase,
  run: Run,
  summary: ChaosExperimentStatus['summary'] & object,
  early: string | undefined,
): string {
  const loss = `${summary.asked} ${run.direction === 'both' ? '' : `${run.direction} `}loss`;
  const measured = summary.observed === undefined ? '' : `, ${summary.observed} observed`;
  switch (phase) {
    case 'Injecting':
      return `injecting ${loss}: ${summary.pods} pods have proven it`;
    case 'Running':
      return `${loss} for ${formatDuration(run.durationMs)} in ${summary.pods} pods until ${summary.ends}`;
    case 'Recovering':
      return early === undefined
        ? 'waiting for the last pods to be clean'
        : `${early}; taking the faults away`;
    case 'Completed':
      return `${loss} was in ${summary.pods} pods${measured}`;
    case 'Failed':
      return `no pod proved the fault: ${summary.failed} failed, ${summary.gone} gone, ${summary.unknown} unknown`;
    case 'Aborted':
      return `${early}; ${loss} was in ${summary.pods} pods${measured}`;
    case 'Pending':
    case 'Planned':
      return '';
  }
}
