import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PodReason } from '../../api/v1alpha1/reasons.ts';
import { earlier } from './effects.ts';
import type { Evidence } from './evidence.ts';
import {
  attempt,
  become,
  START_ALLOWANCE_MS,
  type PodCase,
  type PodStep,
  wait,
} from './pod-case.ts';
import { unobserved } from './unobserved.ts';

/** Brings the agent into a pod that does not have it yet, unless it is too late or refused. */
export function inject(pod: PodCase, { pod: target }: Evidence & { kind: 'absent' }): PodStep {
  const { entry, activity, times, now } = pod;
  const { inject: injection } = activity;
  if (injection.kind === 'busy') return wait(entry);
  // It is in the pod, and will be in what we see of the pod.
  if (injection.kind === 'done' && injection.result.kind === 'accepted') return unobserved(pod);
  const barred = pod.mayInject === 'excluded' || target.excluded;
  const notInjected = failedInjection(pod, barred);
  if (notInjected.state === 'Gone') return wait(notInjected);
  const certain = pod.wroteAhead && !activity.injectUncertain;
  if (certain && (pod.stopping || barred || injection.kind === 'done')) return wait(notInjected);
  // A request of which we don't know the fate may still be carried out; its agent would do nothing after this.
  const overAt = times.startBefore + START_ALLOWANCE_MS;
  if (now >= overAt) return wait(notInjected);
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
  const { entry, times, now } = pod;
  // A kubelet that never said a word may have started the agent all the same, and one that ran does not start again.
  if (evidence.reason === '' || entry.state !== 'Planned') return unobserved(pod);
  const overAt = times.startBefore + START_ALLOWANCE_MS;
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
