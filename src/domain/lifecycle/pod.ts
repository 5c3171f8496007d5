import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PodReason } from '../../api/v1alpha1/reasons.ts';
import type { AgentReason, AgentReport, PacketCounts } from '../agent/report.ts';
import { earlier } from './effects.ts';
import type { Evidence } from './evidence.ts';
import {
  attempt,
  become,
  CLOCK_ALLOWANCE_MS,
  endOf,
  isSettled,
  letGo,
  MAX_SKEW_MS,
  OVERDUE_MS,
  patienceEnds,
  type PodCase,
  type PodStep,
  wait,
} from './pod-case.ts';
import { reap, stopAgent, tookAway } from './recover.ts';

/**
 * The life of one selected pod, in order: injected, starting, running until proven, held, ended, and cleaned if
 * the agent did not. Each step depends on what is observed alone, so that a controller that was
 * restarted at any point goes on where the world is.
 */
export function stepPod(pod: PodCase, evidence: Evidence): PodStep {
  const { entry } = pod;
  if (isSettled(entry)) return wait(entry);
  switch (evidence.kind) {
    case 'unreadable':
      return unobserved(pod, evidence.since);
    case 'podGone':
      return wait(become(entry, 'Gone', 'PodGone'));
    case 'absent':
      return entry.state === 'Planned' ? inject(pod, evidence) : unobserved(pod);
    case 'foreign':
      return wait(become(entry, 'Failed', 'NameTaken'));
    case 'starting':
      return starting(pod, evidence);
    case 'running': {
      // What it said to whoever stopped it comes before the kubelet's word that it has ended.
      const said = pod.activity.stop.kind === 'done' ? pod.activity.stop.result.report : undefined;
      if (said === undefined) return running(pod, evidence);
      const { pod: target, reapers } = evidence;
      const words = { report: said, message: '', finishedAtMs: said.endedAtMs };
      return ended(pod, { kind: 'ended', pod: target, reapers, ...words });
    }
    case 'notStartable':
      return wait(become(entry, 'Failed', 'RuntimeUnsupported', evidence.message));
    case 'ended':
      return ended(pod, evidence);
  }
}

/**
 * Nothing is known of the pod, so nothing can be done but wait. Past the deadline nothing can be left but by the death
 * of an agent, of which we'd have no sign.
 *
 * @param since when we lost sight: a short failure, or the start of a controller, must not settle anything
 */
function unobserved(pod: PodCase, since = Number.NEGATIVE_INFINITY): PodStep {
  const giveUpAt = Math.max(patienceEnds(pod), since + CLOCK_ALLOWANCE_MS);
  return pod.now >= giveUpAt ? wait(letGo(pod.entry)) : wait(pod.entry, giveUpAt);
}

function inject(pod: PodCase, { pod: target }: Evidence & { kind: 'absent' }): PodStep {
  const { entry, activity, times, now } = pod;
  const { inject: injection } = activity;
  if (injection.kind === 'busy') return wait(entry);
  // It is in the pod, and will be in what we see of the pod.
  if (injection.kind === 'done' && injection.result.kind === 'accepted') return unobserved(pod);
  const notInjected = failedInjection(pod);
  if (notInjected.state === 'Gone') return wait(notInjected);
  const certain = pod.wroteAhead && !activity.injectUncertain;
  if (certain && (pod.stopping || injection.kind === 'done')) return wait(notInjected);
  // A request of which we don't know the fate may still be carried out; its agent would do nothing after this.
  const overAt = times.startBefore + CLOCK_ALLOWANCE_MS;
  if (now >= overAt) return wait(notInjected);
  if (pod.stopping || target.terminating || now >= times.startBefore) return wait(entry, overAt);
  const tried = attempt(injection, { kind: 'inject', pod: target }, now);
  return { entry, effects: tried.effects, wakeAt: earlier(tried.wakeAt, overAt) ?? overAt };
}

/** What becomes of the pod if no agent gets into it. */
function failedInjection({ entry, activity: { inject: injection } }: PodCase): PodStatusEntry {
  if (injection.kind === 'done' && injection.result.kind === 'refused') {
    const { reason, message } = injection.result;
    return reason === 'PodGone'
      ? become(entry, 'Gone', 'PodGone')
      : become(entry, 'Failed', reason, message);
  }
  const why = injection.kind === 'failed' ? injection.message : undefined;
  return become(entry, 'Failed', 'NotStarted', why);
}

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
]);
const RUNTIME_REASONS = new Set([
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
]);

function starting(pod: PodCase, evidence: Evidence & { kind: 'starting' }): PodStep {
  const { entry, times, now } = pod;
  // A kubelet that never said a word may have started the agent all the same, and one that ran does not start again.
  if (evidence.reason === '' || entry.state !== 'Planned') return unobserved(pod);
  const overAt = times.startBefore + CLOCK_ALLOWANCE_MS;
  if (now < overAt) {
    const reason = waitingReason(evidence.reason);
    return wait(
      reason === 'NotStarted' ? entry : become(entry, entry.state, reason, evidence.message),
      overAt,
    );
  }
  return wait(
    become(entry, 'Failed', waitingReason(evidence.reason), evidence.message || evidence.reason),
  );
}

function waitingReason(reason: string): PodReason {
  if (IMAGE_REASONS.has(reason)) return 'ImagePull';
  if (RUNTIME_REASONS.has(reason)) return 'RuntimeUnsupported';
  return 'NotStarted';
}

function running(pod: PodCase, evidence: Evidence & { kind: 'running' }): PodStep {
  const proven = prove(pod);
  const { entry } = proven;
  const { times, now } = pod;
  const reading =
    entry.applied === undefined
      ? attempt(pod.activity.proof, { kind: 'prove', pod: evidence.pod }, now)
      : { effects: [] };
  const late = entry.applied === undefined && !mayStillProve(pod);
  const lookAt = late ? times.startBefore : endOf({ entry, times }) + OVERDUE_MS;
  const mustEnd = pod.stopping || entry.state === 'Unknown' || now >= lookAt;
  const ending = mustEnd
    ? stopAgent({ ...pod, entry: overdue(entry, pod) }, evidence)
    : { entry, effects: [], wakeAt: lookAt };
  const wakeAt = earlier(ending.wakeAt, reading.wakeAt);
  return {
    entry: ending.entry,
    effects: [...reading.effects, ...ending.effects],
    ...(wakeAt !== undefined && { wakeAt }),
  };
}

/** A process that took over a run has not yet had an answer about what the agent said before. */
function mayStillProve({ wroteAhead, activity: { proof, stop } }: PodCase): boolean {
  return !wroteAhead && stop.kind === 'idle' && (proof.kind === 'idle' || proof.kind === 'busy');
}

/** What the agent's own words make of the entry. Words that come too late add the time, and save nothing. */
function prove({ entry, activity, times }: PodCase): { entry: PodStatusEntry } {
  if (activity.proof.kind !== 'done' || entry.applied !== undefined) return { entry };
  const { startedAtMs, appliedAtMs, readAt } = activity.proof.result;
  const skewed =
    startedAtMs !== undefined &&
    (startedAtMs < times.start - MAX_SKEW_MS || startedAtMs > readAt + MAX_SKEW_MS);
  if (appliedAtMs === undefined) return { entry };
  const applied = sinceStart(appliedAtMs, times.start);
  if (entry.state === 'Unknown') return { entry: { ...entry, applied } };
  const injected = { ...become(entry, 'Injected'), applied };
  return { entry: skewed ? become(injected, 'Unknown', 'ClockSkew') : injected };
}

function overdue(entry: PodStatusEntry, { stopping }: PodCase): PodStatusEntry {
  return entry.state === 'Planned' && !stopping ? become(entry, 'Unknown', 'Unproven') : entry;
}

/**
 * Times of agents are by the node's clock, and are kept so: what lies between two of them is exact. They may lie before
 * the start by the skew that we allow.
 */
function sinceStart(atMs: number, start: number): number {
  return atMs - start;
}

function ended(pod: PodCase, evidence: Evidence & { kind: 'ended' }): PodStep {
  const { report } = evidence;
  const { times } = pod;
  const entry = report?.applied
    ? { ...pod.entry, applied: pod.entry.applied ?? sinceStart(report.appliedAtMs, times.start) }
    : pod.entry;
  if (report?.clean) {
    if (!report.applied)
      return wait(become(entry, 'Failed', failure(report.reason), report.message));
    // An agent does not notice when a reaper takes its fault away.
    const reapedAtMs = evidence.reapers.find(tookAway(report))?.report?.endedAtMs;
    const reason = entry.reason === 'ClockSkew' ? 'ClockSkew' : (report.reason as PodReason);
    return wait({
      ...become(entry, 'Recovered', reapedAtMs === undefined ? reason : 'Reaped', report.message),
      ended: sinceStart(reapedAtMs ?? report.endedAtMs, times.start),
      ...measured(report),
    });
  }
  const leaked =
    entry.state === 'Leaked'
      ? entry
      : {
          ...become(
            entry,
            'Leaked',
            report === undefined ? 'AgentDied' : 'RevertFailed',
            report?.message || evidence.message,
          ),
          ended: sinceStart(pod.now, times.start),
          ...(report && measured(report)),
        };
  return reap({ ...pod, entry: leaked }, evidence);
}

/** An agent that never applied: what that means for the pod. */
function failure(reason: AgentReason): PodReason {
  switch (reason) {
    case 'Expired':
    case 'Stopped':
    case 'Terminated':
    case 'Elapsed':
    case 'Deadline':
    case 'Reaped':
      return 'NotStarted';
    case 'OwnResidue':
    case 'InterfaceNotFound':
    case 'ForeignQdisc':
    case 'AlreadyFaulted':
    case 'NetemUnavailable':
    case 'NotPermitted':
    case 'InstallFailed':
    case 'Unverified':
    case 'RevertFailed':
    case 'BadInput':
      return reason;
  }
}

function measured(report: AgentReport): Pick<PodStatusEntry, 'egress' | 'ingress'> {
  return {
    ...(report.egress && { egress: lostOfSeen(report.egress) }),
    ...(report.ingress && { ingress: lostOfSeen(report.ingress) }),
  };
}

function lostOfSeen({ seen, passed }: PacketCounts): string {
  return `${Math.max(0, seen - passed)}/${seen}`;
}
