import type { Evidence, Reaper } from './evidence.ts';
import { MAX_REAPERS } from './evidence.ts';
import { earlier } from './effects.ts';
import {
  attempt,
  become,
  CLOCK_ALLOWANCE_MS,
  type PodCase,
  type PodStep,
  REAP_PATIENCE_MS,
  STOP_GRACE_MS,
  wait,
} from './pod-case.ts';

type WithContainer = Evidence & { kind: 'running' | 'ended' };

/** Tells a running agent to end, and sends a reaper where it cannot be told or does not listen. */
export function stopAgent(pod: PodCase, evidence: Evidence & { kind: 'running' }): PodStep {
  const { entry, activity, now } = pod;
  const { stop } = activity;
  if (stop.kind === 'failed' && (stop.denied || stop.tries >= 3)) return reap(pod, evidence);
  if (stop.kind === 'done') {
    const patienceEnds = stop.at + STOP_GRACE_MS;
    return now >= patienceEnds ? reap(pod, evidence) : wait(entry, patienceEnds);
  }
  return { entry, ...attempt(stop, { kind: 'stop', pod: evidence.pod }, now) };
}

/**
 * Takes away by a second container what the agent has left or will not take away itself. The pod is clean when a
 * reaper has read that back, and no agent can have applied since.
 */
export function reap(pod: PodCase, evidence: WithContainer): PodStep {
  const { entry, activity, times, now } = pod;
  const last = evidence.reapers.at(-1);
  const counted = last === undefined ? entry : { ...entry, reaps: last.n };
  if (last?.report?.clean && isFinal(last.report.endedAtMs, pod, evidence)) {
    return wait({
      ...become(counted, 'Recovered', 'Reaped', entry.message),
      ended: Math.max(0, last.report.endedAtMs - times.start),
    });
  }
  // A living agent ends by itself, so only one that died leaves something to give up.
  const giveUpAt =
    entry.state === 'Leaked'
      ? times.start + (entry.ended ?? 0) + REAP_PATIENCE_MS
      : times.deadline + CLOCK_ALLOWANCE_MS;
  if (now >= giveUpAt) {
    return wait(
      entry.state === 'Leaked'
        ? become(counted, 'Abandoned', 'ReapFailed', entry.message)
        : become(counted, 'Unknown', 'DeadlinePassed'),
    );
  }
  const n = (last?.n ?? 0) + 1;
  const refused = activity.reap.kind === 'done' && activity.reap.result.kind === 'refused';
  const enough = last !== undefined && !needsAnother(last, pod, evidence);
  if (refused || enough || n > MAX_REAPERS) return wait(counted, giveUpAt);
  // An accepted reaper is the one that was seen, unless none has been seen yet.
  const previous =
    activity.reap.kind === 'done' && last !== undefined
      ? ({ kind: 'idle' } as const)
      : activity.reap;
  const tried = attempt(previous, { kind: 'reap', pod: evidence.pod, n }, now);
  return {
    entry: counted,
    effects: tried.effects,
    wakeAt: earlier(tried.wakeAt, giveUpAt) ?? giveUpAt,
  };
}

/** No agent can apply, or have applied, after the reaper looked. */
function isFinal(reapedAtMs: number, pod: PodCase, evidence: WithContainer): boolean {
  if (evidence.kind === 'ended') return true;
  const { entry, times, now } = pod;
  if (entry.applied !== undefined) return times.start + entry.applied <= reapedAtMs;
  return now >= times.startBefore + CLOCK_ALLOWANCE_MS;
}

function needsAnother(last: Reaper, pod: PodCase, evidence: WithContainer): boolean {
  if (!last.ended) return false;
  if (!last.report?.clean) return true;
  // It was clean when it looked, but the agent has applied since.
  const { entry, times } = pod;
  return (
    evidence.kind === 'running' &&
    entry.applied !== undefined &&
    times.start + entry.applied > last.report.endedAtMs
  );
}
