import type { AgentReport } from '../agent/report.ts';
import { earlier } from './effects.ts';
import { type Evidence, MAX_REAPERS, type Reaper } from './evidence.ts';
import {
  attempt,
  become,
  CLOCK_ALLOWANCE_MS,
  letGo,
  MAX_SKEW_MS,
  patienceEnds,
  type PodCase,
  type PodStep,
  REAP_GRACE_MS,
  REAP_PATIENCE_MS,
  wait,
} from './pod-case.ts';

type WithContainer = Evidence & { kind: 'running' | 'ended' };

/**
 * Takes away by a second container what the agent has left or will not take away itself. The pod is clean when a
 * reaper has read that back after the last moment at which the agent can have applied.
 */
export function reap(pod: PodCase, evidence: WithContainer): PodStep {
  const { activity, times, now } = pod;
  const last = evidence.reapers.at(-1);
  const entry = last === undefined ? pod.entry : { ...pod.entry, reaps: last.n };
  const needed = last === undefined ? { from: now } : verdict(last, pod, evidence);
  if (needed === 'clean') {
    return wait({
      ...become(entry, 'Recovered', 'Reaped', entry.message),
      ended: (last?.report?.endedAtMs ?? now) - times.start,
    });
  }
  const { kind } = activity.reap;
  const refused = kind === 'done' && activity.reap.result.kind === 'refused';
  const n = (last?.n ?? 0) + 1;
  const another = needed !== 'wait' && !refused && n <= MAX_REAPERS;
  // A process that took over late has its own try first.
  const stillTrying = kind === 'busy' || (kind === 'idle' && another);
  const hope = lastHope(pod);
  if (now >= hope && !stillTrying) return wait(letGo(entry));
  const giveUpAt = now < hope ? hope : undefined;
  if (!another) return wait(entry, giveUpAt);
  if (now < needed.from) return wait(entry, earlier(needed.from, giveUpAt));
  // An accepted reaper is the one that was seen, unless none has been seen yet.
  const previous =
    kind === 'done' && last !== undefined ? ({ kind: 'idle' } as const) : activity.reap;
  const { effects, wakeAt } = attempt(previous, { kind: 'reap', pod: evidence.pod, n }, now);
  const next = earlier(wakeAt, giveUpAt);
  return { entry, effects, ...(next !== undefined && { wakeAt: next }) };
}

/** When to let go, at the earliest: what is tried now was given its time. */
function lastHope(pod: PodCase): number {
  const { stop, reap: reaping } = pod.activity;
  const told = stop.kind === 'done' || stop.kind === 'failed' ? stop.at + REAP_PATIENCE_MS : 0;
  const asked = reaping.kind === 'done' ? reaping.at + REAP_GRACE_MS : 0;
  return Math.max(patienceEnds(pod), asked, pod.entry.state === 'Leaked' ? 0 : told);
}

/** Whether this reaper settles the pod, and if it does not, from when on (milliseconds since the epoch) another one may. */
function verdict(
  { ended, report }: Reaper,
  pod: PodCase,
  evidence: WithContainer,
): 'clean' | 'wait' | { readonly from: number } {
  if (!ended) return 'wait';
  if (!hasCleaned(report)) return { from: pod.now };
  if (report.endedAtMs >= lastApply(pod, evidence) + REAPER_LOOK_MS) return 'clean';
  const { entry, times, now } = pod;
  const mayYetApply = evidence.kind === 'running' && entry.applied === undefined;
  return { from: mayYetApply ? times.startBefore + CLOCK_ALLOWANCE_MS : now };
}

/** A reaper looks at most this long before it says so. */
const REAPER_LOOK_MS = 1_000;

/** Only with this reason has a reaper read back that nothing is left. */
function hasCleaned(report: AgentReport | undefined): report is AgentReport {
  return report !== undefined && report.clean && report.reason === 'Reaped';
}

/** Whether a reaper ended the fault of an agent that told its end later. */
export const tookAway =
  (agent: AgentReport) =>
  ({ report }: Reaper): boolean =>
    hasCleaned(report) &&
    report.endedAtMs >= agent.appliedAtMs &&
    report.endedAtMs < agent.endedAtMs;

/** The last moment, by the node's clock in milliseconds since the epoch, at which the agent can have applied. */
function lastApply({ entry, times }: PodCase, evidence: WithContainer): number {
  if (entry.applied !== undefined) return times.start + entry.applied;
  // It looks at its clock when it starts, and applies within seconds.
  if (evidence.kind === 'running') return times.startBefore + CLOCK_ALLOWANCE_MS - MAX_SKEW_MS;
  if (evidence.finishedAtMs !== undefined) return evidence.finishedAtMs + 1_000;
  return times.start + (entry.ended ?? 0);
}
