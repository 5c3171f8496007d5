import {
  CLOCK_ALLOWANCE_MS,
  letGo,
  patienceEnds,
  REAP_PATIENCE_MS,
  type PodCase,
  type PodStep,
  wait,
} from './pod-case.ts';

/**
 * Nothing is known of the pod, so nothing can be done but wait. Past the deadline nothing can be left but by the death
 * of an agent, of which we'd have no sign.
 *
 * @param since when we lost sight: a short failure, or the start of a controller, must not settle anything
 */
export function unobserved(pod: PodCase, since = Number.NEGATIVE_INFINITY): PodStep {
  const patience = pod.entry.state === 'Leaked' ? REAP_PATIENCE_MS : CLOCK_ALLOWANCE_MS;
  const giveUpAt = Math.max(patienceEnds(pod), since + patience);
  return pod.now >= giveUpAt ? wait(letGo(pod.entry)) : wait(pod.entry, giveUpAt);
}
