import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { explain } from '../safety/rules.ts';
import { aimless } from './aim.ts';
import { notClean } from './conditions.ts';
import type { Evidence } from './evidence.ts';
import { type Observed, shortUid } from './observed.ts';
import { become, isSettled } from './pod-case.ts';
import { propose } from './propose.ts';
import type { StartedStatus } from './run.ts';
import { worldOf } from './world.ts';

/** How soon to look again at what cannot be read. */
const READ_AGAIN_MS = 1_000;

/** One pod of a serial run that waits for its turn. */
export interface WaitingPod {
  readonly entry: PodStatusEntry;
  readonly seen: Evidence;
  /** The entries before it, as they are now. */
  readonly before: readonly PodStatusEntry[];
  /** The run ends early. */
  readonly stopping: boolean;
}

export interface TurnStep {
  readonly entry: PodStatusEntry;
  /** Where peers are as its turn begins. */
  readonly peers?: readonly string[];
  readonly wakeAt?: number;
}

/**
 * A turn is written before anything is done, and asks all that a start asks: a run may last for long, and what was allowed
 * at its start may not be any more. Nobody has a turn after a pod that could not be proven clean.
 */
export function awaitTurn(
  observed: Observed,
  { startTime }: StartedStatus,
  { entry, seen, before, stopping }: WaitingPod,
  now: number,
): TurnStep {
  const never = (why?: string) => ({ entry: become(entry, 'Failed', 'NotStarted', why) });
  if (seen.kind === 'podGone') return { entry: become(entry, 'Gone', 'PodGone') };
  if (stopping) return never();
  if (before.some(notClean)) return never('a pod before it could not be proven clean');
  if (!before.every(isSettled)) return { entry };
  const world = worldOf(observed);
  if (world.kind === 'unreadable') return { entry, wakeAt: now + READ_AGAIN_MS };
  const { planned, violations, peers, unknown } = propose(observed.experiment, world.value);
  if (unknown !== undefined) return { entry, wakeAt: now + READ_AGAIN_MS };
  if (violations.length > 0) return never(explain(violations));
  const lost = aimless(peers);
  if (lost !== undefined) return never(`${lost.reason}: ${lost.message}`);
  if (!planned.selected.some((pod) => shortUid(pod) === entry.uid)) {
    return never('it is none of the pods that may be hit any more');
  }
  const batch = now - Date.parse(startTime);
  return { entry: { ...entry, batch }, ...(peers && { peers: peers.lines }) };
}
