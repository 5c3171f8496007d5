import type {
  ChaosExperiment,
  PodStatusEntry,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { MOST_PODS } from '../safety/limits.ts';
import { aimless } from './aim.ts';
import { shortUid, type Observed } from './observed.ts';
import { entryOf } from './opening.ts';
import { isSettled, type RunTimes } from './pod-case.ts';
import { propose } from './propose.ts';
import { worldOf } from './world.ts';

/** A pod that joins so shortly before the end would hardly have its fault. */
const LAST_JOIN_MS = 2_000;

/** Whether pods that come later get the fault as well. */
export function isDynamic({ spec }: ChaosExperiment): boolean {
  return spec.targets.mode === 'dynamic';
}

/**
 * When a dynamic run ends, in milliseconds since the epoch: its duration after the first proof; undefined while there
 * is none.
 */
export function runEnd(entries: readonly PodStatusEntry[], times: RunTimes): number | undefined {
  const applied = entries.flatMap((entry) =>
    entry.reason === 'ClockSkew' ? [] : (entry.applied ?? []),
  );
  return applied.length === 0
    ? undefined
    : times.start + applied.reduce((least, one) => Math.min(least, one)) + times.duration;
}

/** Pods that join, and where the peers are that their agents are made with. */
export interface Joiners {
  readonly entries: readonly PodStatusEntry[];
  readonly peers?: readonly string[];
}

export const NOBODY: Joiners = { entries: [] };

/**
 * Pods that have come since, as a new plan would choose them: never more at once than the count, and none while any rule
 * forbids it or anything that it depends on cannot be read.
 */
export function joiners(
  observed: Observed,
  entries: readonly PodStatusEntry[],
  times: RunTimes,
  now: number,
): Joiners {
  const end = runEnd(entries, times);
  if (end === undefined || now + LAST_JOIN_MS >= end) return NOBODY;
  const world = worldOf(observed);
  if (world.kind === 'unreadable') return NOBODY;
  const { planned, violations, peers, unknown } = propose(observed.experiment, world.value);
  if (unknown !== undefined || violations.length > 0 || aimless(peers) !== undefined) return NOBODY;
  const known = new Set(entries.map(({ uid }) => uid));
  const chosen = new Set(planned.selected.map(shortUid));
  // Limits were judged for the chosen ones; a pod of ours that may not be chosen any more would come on top of them.
  if (entries.some((entry) => !isSettled(entry) && !chosen.has(entry.uid))) return NOBODY;
  const fresh = planned.selected
    .filter((pod) => !known.has(shortUid(pod)))
    .slice(0, Math.max(0, MOST_PODS - entries.length))
    .map((pod) => ({ ...entryOf(pod), batch: now - times.start }));
  return { entries: fresh, ...(peers && { peers: peers.lines }) };
}
