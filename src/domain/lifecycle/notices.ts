import type {
  ChaosExperimentStatus,
  PodStatusEntry,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { EventReason } from '../../api/v1alpha1/reasons.ts';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import { faultWords } from '../network/impairment.ts';
import { isSettled } from './pod-case.ts';

/** Something that people or metrics are told once, because status has passed from one state to the next. */
export type Notice =
  | {
      readonly kind: 'event';
      readonly type: 'Normal' | 'Warning';
      readonly reason: EventReason;
      readonly action: string;
      readonly note: string;
      /** It concerns this pod too. */
      readonly pod?: PodStatusEntry;
    }
  /** A pod was settled: with which state and reason. */
  | { readonly kind: 'cleanup'; readonly outcome: CleanupOutcome }
  | { readonly kind: 'ended'; readonly phase: 'Completed' | 'Failed' | 'Aborted' };

/** How the clean-up of a pod that had, or may have had, a fault came out. */
export const cleanupOutcomes = ['clean', 'reaped', 'gone', 'unproven', 'abandoned'] as const;
export type CleanupOutcome = (typeof cleanupOutcomes)[number];

/** What the step from one status to the next has to say. */
export function notices(before: ChaosExperimentStatus, after: ChaosExperimentStatus): Notice[] {
  const said: Notice[] = [];
  const note = after.message ?? '';
  const anew = before.rerun !== after.rerun;
  if (after.startTime !== undefined && before.startTime !== after.startTime) {
    said.push({ kind: 'event', type: 'Normal', reason: 'Planned', action: 'Plan', note });
  }
  if (after.startTime === undefined && (anew || before.phase !== after.phase)) {
    if (after.phase === 'Planned') {
      said.push({ kind: 'event', type: 'Normal', reason: 'Planned', action: 'Plan', note });
    }
    if (after.phase === 'Failed' || after.phase === 'Aborted') {
      said.push({ kind: 'event', type: 'Warning', reason: 'Refused', action: 'Plan', note });
    }
  }
  if (!injectionOver(before) && injectionOver(after) && after.summary?.injected) {
    said.push({
      kind: 'event',
      type: 'Normal',
      reason: 'Injected',
      action: 'Inject',
      note: injectedNote(after),
    });
  }
  said.push(...podNotices(before.pods ?? [], after.pods ?? []));
  if (!isFinal(before.phase) && isFinal(after.phase) && after.startTime !== undefined) {
    const clean = after.conditions?.find(({ type }) => type === 'Recovered')?.status === 'True';
    const good = clean && after.phase !== 'Failed';
    said.push({
      kind: 'event',
      type: good ? 'Normal' : 'Warning',
      reason: 'Recovered',
      action: 'Recover',
      note,
    });
  }
  if (isFinal(after.phase) && (anew || !isFinal(before.phase))) {
    said.push({ kind: 'ended', phase: after.phase });
  }
  return said;
}

/** No selected pod waits for its proof any more. */
function injectionOver({ conditions }: ChaosExperimentStatus): boolean {
  const injected = conditions?.find(({ type }) => type === 'Injected');
  return injected !== undefined && injected.status !== 'Unknown';
}

function injectedNote({ summary, run }: ChaosExperimentStatus): string {
  const fault = faultWords(summary?.asked ?? '', run?.direction ?? 'both');
  return `${fault} proven in ${summary?.pods} pods until ${summary?.ends}`;
}

function podNotices(before: readonly PodStatusEntry[], after: readonly PodStatusEntry[]): Notice[] {
  const known = new Map(before.map((entry) => [entry.uid, entry]));
  return after.flatMap((entry): Notice[] => {
    const past = known.get(entry.uid);
    if (past?.state === entry.state) return [];
    const said: Notice[] = [];
    const warn = (note: string) =>
      said.push({
        kind: 'event',
        type: 'Warning',
        reason: 'Leaked',
        action: 'Recover',
        note,
        pod: entry,
      });
    const where = `${entry.namespace}/${entry.name}`;
    const why = `${entry.reason}${entry.message ? `: ${entry.message}` : ''}`;
    if (entry.state === 'Leaked')
      warn(`the agent in pod ${where} ended without cleaning up (${why}); reaping`);
    if (entry.state === 'Abandoned') {
      warn(`the fault in pod ${where} could not be removed (${why}): recreate the pod`);
    }
    if (past !== undefined && isSettled(entry)) {
      const outcome = cleanupOutcome(entry);
      if (outcome !== undefined) said.push({ kind: 'cleanup', outcome });
    }
    return said;
  });
}

function cleanupOutcome({ state, reason }: PodStatusEntry): CleanupOutcome | undefined {
  switch (state) {
    case 'Recovered':
      return reason === 'Reaped' ? 'reaped' : 'clean';
    case 'Gone':
      return 'gone';
    case 'Unknown':
      return 'unproven';
    case 'Abandoned':
      return 'abandoned';
    case 'Planned':
    case 'Injected':
    case 'Failed':
    case 'Leaked':
      return undefined;
  }
}
