import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PodReason } from '../../api/v1alpha1/reasons.ts';
import type { Pod } from '../targets/pod.ts';
import { earlier } from './effects.ts';
import type { Evidence } from './evidence.ts';
import {
  attempt,
  become,
  isSettled,
  START_ALLOWANCE_MS,
  type PodCase,
  type PodStep,
  wait,
} from './pod-case.ts';
import { unobserved } from './unobserved.ts';

/** From when on no agent would apply any more, in milliseconds since the epoch. */
const startsOver = ({ times }: PodCase): number => times.startBefore + START_ALLOWANCE_MS;

/** Brings the agent into a pod that does not have it yet, unless it is too late or refused. */
export function inject(pod: PodCase, { pod: target }: Evidence & { kind: 'absent' }): PodStep {
  const { entry, activity, times, now } = pod;
  const { inject: injection } = activity;
  if (injection.kind === 'busy') return wait(entry);
  const overAt = startsOver(pod);
  if (injection.kind === 'done' && injection.result.kind === 'accepted') {
    // It is in the pod, and will be in what we see of the pod.
    if (now < overAt) return wait(entry, overAt);
    return unlessStarted(pod, target, become(entry, 'Failed', 'NotStarted'));
  }
  const barred = pod.mayInject === 'excluded' || target.excluded;
  const notInjected = failedInjection(pod, barred);
  if (notInjected.state === 'Gone') return wait(notInjected);
  const certain = pod.wroteAhead && !activity.injectUncertain;
  if (certain && (pod.stopping || barred || injection.kind === 'done')) return wait(notInjected);
  // A request of which we don't know the fate may still be carried out; its agent would do nothing after this.
  if (now >= overAt) return certain ? wait(notInjected) : unlessStarted(pod, target, notInjected);
  const mayTry = !pod.stopping && !barred && pod.mayInject === 'yes';
  if (!mayTry || target.terminating || now >= times.startBefore) return wait(entry, overAt);
  const tried = attempt(injection, { kind: 'inject', pod: target }, now);
  return { entry, effects: tried.effects, wakeAt: earlier(tried.wakeAt, overAt) ?? overAt };
}

/** What becomes of the pod if no agent gets into it. */
function failedInjection(
  { entry, activity: { inject: injection } }: PodCase,
  barred: boolean,
): PodStatusEntry {
  if (injection.kind === 'done' && injection.result.kind === 'refused') {
    const { reason, message } = injection.result;
    return reason === 'PodGone'
      ? become(entry, 'Gone', 'PodGone')
      : become(entry, 'Failed', reason, message);
  }
  if (barred) return become(entry, 'Failed', 'Excluded');
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

/** Waits for an agent whose first process has not run yet; nothing can be told to it. */
export function starting(pod: PodCase, evidence: Evidence & { kind: 'starting' }): PodStep {
  const { entry, now } = pod;
  const { pod: target, reason: why, message } = evidence;
  // One that ran does not start again.
  if (entry.state !== 'Planned') return unobserved(pod);
  const overAt = startsOver(pod);
  const reason = waitingReason(why);
  if (now >= overAt)
    return unlessStarted(pod, target, become(entry, 'Failed', reason, message || why));
  const held = reason === 'NotStarted' ? entry : become(entry, entry.state, reason, message);
  return wait(held, overAt);
}

/**
 * Settles a pod in which no agent would start any more, once the cluster has said that none did: what we see of the pod
 * may be old, and a kubelet may have started the agent without being able to tell.
 *
 * @param notStarted the entry then
 */
function unlessStarted(pod: PodCase, target: Pod, notStarted: PodStatusEntry): PodStep {
  const { activity, now } = pod;
  const { proof } = activity;
  const asked = proof.kind === 'failed' && proof.at >= startsOver(pod);
  if (asked && proof.unstarted) return wait(notStarted);
  const patient = unobserved(pod);
  // A process that took over late asks first.
  if (asked && isSettled(patient.entry)) return patient;
  const asking = attempt(proof, { kind: 'prove', pod: target }, now);
  const wakeAt = earlier(asking.wakeAt, patient.wakeAt);
  return { entry: pod.entry, effects: asking.effects, ...(wakeAt !== undefined && { wakeAt }) };
}

function waitingReason(reason: string): PodReason {
  if (IMAGE_REASONS.has(reason)) return 'ImagePull';
  if (RUNTIME_REASONS.has(reason)) return 'RuntimeUnsupported';
  return 'NotStarted';
}
