import type { Evidence } from './evidence.ts';
import { attempt, type PodCase, type PodStep, STOP_GRACE_MS, wait } from './pod-case.ts';
import { reap } from './reap.ts';

/** Tells a running agent to end, and sends a reaper where it cannot be told or does not listen. */
export function stopAgent(pod: PodCase, evidence: Evidence & { kind: 'running' }): PodStep {
  const { entry, activity, now } = pod;
  const { stop } = activity;
  if (stop.kind === 'failed' && (stop.denied || stop.tries >= 3)) return reap(pod, evidence);
  if (stop.kind === 'done') {
    const graceEnds = stop.at + STOP_GRACE_MS;
    return now >= graceEnds ? reap(pod, evidence) : wait(entry, graceEnds);
  }
  return { entry, ...attempt(stop, { kind: 'stop', pod: evidence.pod }, now) };
}
