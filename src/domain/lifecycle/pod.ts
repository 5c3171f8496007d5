import { ended } from './ended.ts';
import type { Evidence } from './evidence.ts';
import { inject, starting } from './inject.ts';
import { become, isSettled, type PodCase, type PodStep, wait } from './pod-case.ts';
import { running } from './running.ts';
import { unobserved } from './unobserved.ts';

/**
 * The life of one selected pod, in order: injected, starting, running until proven, held, ended, and cleaned if
 * the agent did not. Each step depends on what is observed alone, so that a controller that was
 * restarted at any point goes on where the world is.
 */
export function stepPod(pod: PodCase, seen: Evidence): PodStep {
  const { entry } = pod;
  if (isSettled(entry)) return wait(entry);
  const evidence = upToDate(pod, seen);
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

/** An agent whose own words we have runs, although what we see of the pod is from before: it can be told to end. */
function upToDate({ entry, activity: { proof } }: PodCase, seen: Evidence): Evidence {
  const spoke = entry.state === 'Injected' || proof.kind === 'done';
  if (!spoke || entry.state === 'Leaked') return seen;
  if (seen.kind === 'absent') return { kind: 'running', pod: seen.pod, reapers: [] };
  if (seen.kind === 'starting') return { kind: 'running', pod: seen.pod, reapers: seen.reapers };
  return seen;
}
