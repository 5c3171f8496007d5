import type { PodState, PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PodReason } from '../../api/v1alpha1/reasons.ts';
import type { Activity, PodActivity } from './observed.ts';
import { shorten } from '../shorten.ts';
import type { Effect } from './effects.ts';
import type { PeerOrders } from './follow.ts';

/** The times of a run, in milliseconds: the first three since the epoch. */
export interface RunTimes {
  readonly start: number;
  /** An agent that starts later does nothing. */
  readonly startBefore: number;
  /** No fault lives longer. */
  readonly deadline: number;
  /** The same for pods that came later; undefined while there are none. */
  readonly joinedDeadline?: number;
  readonly duration: number;
}

/** One selected pod of a run at one moment, apart from what the cluster shows of it. */
export interface PodCase {
  readonly entry: PodStatusEntry;
  readonly activity: PodActivity;
  readonly times: RunTimes;
  /** The run is to end early. */
  readonly stopping: boolean;
  /** Whether a new fault may be brought into the pod: no longer where it was excluded since, and not while no policy can be read. */
  readonly mayInject: 'yes' | 'excluded' | 'unknown';
  /** What the agent is to be told of the run's peers; undefined when there are none. */
  readonly peers?: PeerOrders | undefined;
  /** It is among those whose agents were made last: with the peers that the run has. */
  readonly latest: boolean;
  /** How long its agent may take after the end to see whether the fault is over for its peers, in milliseconds. */
  readonly verifyMs: number;
  /** The pod's node is left alone. */
  readonly exceptsNode: boolean;
  readonly wroteAhead: boolean;
  readonly now: number;
}

export interface PodStep {
  readonly entry: PodStatusEntry;
  readonly effects: readonly Effect[];
  readonly wakeAt?: number;
}

/** The most that a node's clock may differ from ours. */
export const MAX_SKEW_MS = 10_000;

/** Clocks may differ, and an agent may have begun just before its time was over. */
export const CLOCK_ALLOWANCE_MS = 30_000;

/**
 * How long after its start-before an agent may still apply: it may start at the last moment by a clock that is 10 s behind,
 * and takes seconds. A run is promised to be over 30 s after that time, and to be let go takes a moment as well.
 */
export const START_ALLOWANCE_MS = 25_000;

/**
 * How long after the end of its fault an agent is looked after: the 6 s after which it tidies up
 * (images/injector/parts/fault.sh), and 6 s in which the kubelet may report it. A frozen agent is then told (5 s for its
 * answer), has its grace, and is reaped: all within 30 s. One that verifies has the time for that on top.
 */
export const OVERDUE_MS = 6_000 + 6_000;

/** How long an agent that was told, and has not answered with its report, may take until its end is reported. */
export const STOP_GRACE_MS = 1_000;

/** How long a left fault is fought before the run is let go without it. */
export const REAP_PATIENCE_MS = 120_000;

/** How long an accepted reaper may take until its end is reported. */
export const REAP_GRACE_MS = 30_000;

/**
 * Times of agents are by the node's clock, and are kept so: what lies between two of them is exact. They may lie before
 * the start by the skew that we allow.
 */
export function sinceStart(atMs: number, start: number): number {
  return atMs - start;
}

/** When the fault of this pod ends by itself, as far as is known; milliseconds since the epoch. */
export function endOf({ entry, times }: Pick<PodCase, 'entry' | 'times'>): number {
  if (entry.applied === undefined) return times.deadline;
  return Math.min(times.start + entry.applied + times.duration, times.deadline);
}

/**
 * When a pod is let go without a proof, in milliseconds since the epoch. An agent ends by itself, so only one that
 * died leaves something that outlives the deadline.
 */
export function patienceEnds({ entry, times }: Pick<PodCase, 'entry' | 'times'>): number {
  return entry.state === 'Leaked'
    ? times.start + (entry.ended ?? 0) + REAP_PATIENCE_MS
    : times.deadline + CLOCK_ALLOWANCE_MS;
}

/** The entry of a pod that is let go without a proof. */
export function letGo(entry: PodStatusEntry): PodStatusEntry {
  return entry.state === 'Leaked'
    ? become(entry, 'Abandoned', 'ReapFailed', entry.message)
    : become(entry, 'Unknown', 'DeadlinePassed');
}

/** Nothing more will be done for this pod. */
export function isSettled(entry: PodStatusEntry): boolean {
  switch (entry.state) {
    case 'Recovered':
    case 'Failed':
    case 'Gone':
    case 'Abandoned':
      return true;
    case 'Unknown':
      return entry.reason === 'DeadlinePassed';
    case 'Planned':
    case 'Injected':
    case 'Leaked':
      return false;
  }
}

/** The entry in another state. A message is kept only with its reason. */
export function become(
  entry: PodStatusEntry,
  state: PodState,
  reason?: PodReason,
  message?: string,
): PodStatusEntry {
  const { reason: _reason, message: _message, ...rest } = entry;
  return {
    ...rest,
    state,
    ...(reason && { reason }),
    ...(message && { message: shorten(message, MAX_MESSAGE) }),
  };
}

/** Admission controllers answer with essays; status has to stay small. */
const MAX_MESSAGE = 300;

export const wait = (entry: PodStatusEntry, wakeAt?: number): PodStep => ({
  entry,
  effects: [],
  ...(wakeAt !== undefined && { wakeAt }),
});

/** The effect, unless it is under way, has succeeded, or failed so recently that it must wait. */
export function attempt(
  activity: Activity<unknown>,
  effect: Effect,
  now: number,
): Omit<PodStep, 'entry'> {
  switch (activity.kind) {
    case 'idle':
      return { effects: [effect] };
    case 'busy':
    case 'done':
      return { effects: [] };
    case 'failed': {
      const retryAt = activity.at + Math.min(250 * 2 ** activity.tries, 5_000);
      return now >= retryAt ? { effects: [effect] } : { effects: [], wakeAt: retryAt };
    }
  }
}
