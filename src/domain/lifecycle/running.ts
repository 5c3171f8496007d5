import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { earlier } from './effects.ts';
import type { Evidence } from './evidence.ts';
import { tellPeers } from './follow.ts';
import {
  attempt,
  become,
  endOf,
  MAX_SKEW_MS,
  OVERDUE_MS,
  type PodCase,
  type PodStep,
  sinceStart,
} from './pod-case.ts';
import { stopAgent } from './recover.ts';

/** Reads a running agent's proof, and sees to it that the agent ends: when it is asked to, or when it is overdue. */
export function running(pod: PodCase, evidence: Evidence & { kind: 'running' }): PodStep {
  const entry = prove(pod);
  const { times, now } = pod;
  const reading =
    entry.applied === undefined
      ? attempt(pod.activity.proof, { kind: 'prove', pod: evidence.pod }, now)
      : { effects: [] };
  const late = entry.applied === undefined && !mayStillProve(pod);
  const lookAt = late
    ? times.startBefore
    : latestEnd({ ...pod, entry }) + OVERDUE_MS + pod.verifyMs;
  const mustEnd = pod.stopping || entry.state === 'Unknown' || now >= lookAt;
  const ending = mustEnd
    ? stopAgent({ ...pod, entry: overdue(entry, pod) }, evidence)
    : { entry, effects: [], wakeAt: lookAt };
  const telling =
    entry.state === 'Injected' && !mustEnd ? tellPeers(pod, evidence.pod) : { effects: [] };
  const wakeAt = earlier(ending.wakeAt, earlier(reading.wakeAt, telling.wakeAt));
  return {
    entry: ending.entry,
    effects: [...reading.effects, ...telling.effects, ...ending.effects],
    ...(wakeAt !== undefined && { wakeAt }),
  };
}

/** By when the fault is over, by our clock, if its agent lives. */
function latestEnd({ entry, times, activity: { proof } }: PodCase): number {
  const byItsClock = endOf({ entry, times }) + MAX_SKEW_MS;
  // Whatever its clock says, it had applied when it was heard, and holds for no longer than the duration.
  return proof.kind === 'done' && proof.result.appliedAtMs !== undefined
    ? Math.min(byItsClock, proof.result.readAt + times.duration)
    : byItsClock;
}

/** A process that took over a run has not yet had an answer about what the agent said before. */
function mayStillProve({ wroteAhead, activity: { proof, stop } }: PodCase): boolean {
  return !wroteAhead && stop.kind === 'idle' && (proof.kind === 'idle' || proof.kind === 'busy');
}

/** What the agent's own words make of the entry. Words that come too late add the time, and save nothing. */
function prove({ entry, activity, times }: PodCase): PodStatusEntry {
  if (activity.proof.kind !== 'done' || entry.applied !== undefined) return entry;
  const { startedAtMs, appliedAtMs, engine, readAt } = activity.proof.result;
  if (appliedAtMs === undefined) return entry;
  const known = { applied: sinceStart(appliedAtMs, times.start), ...(engine && { engine }) };
  if (entry.state === 'Unknown') return { ...entry, ...known };
  const skewed =
    startedAtMs !== undefined &&
    (startedAtMs < times.start + (entry.batch ?? 0) - MAX_SKEW_MS ||
      startedAtMs > readAt + MAX_SKEW_MS);
  return skewed
    ? { ...become(entry, 'Unknown', 'ClockSkew'), ...known }
    : { ...become(entry, 'Injected'), ...known };
}

function overdue(entry: PodStatusEntry, { stopping }: PodCase): PodStatusEntry {
  return entry.state === 'Planned' && !stopping ? become(entry, 'Unknown', 'Unproven') : entry;
}
