import { expect, it } from 'vitest';
import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPod } from '../targets/pod.builder.ts';
import type { EphemeralContainer, Pod } from '../targets/pod.ts';
import { CONTAINER, identity } from './agent.builder.ts';
import type { Effect } from './effects.ts';
import { evidence } from './evidence.ts';
import { anEntry, aRun, at, T0 } from './experiment.builder.ts';
import { readPods } from './observed.builder.ts';
import { NO_ACTIVITY, type PodActivity, type PodReading } from './observed.ts';
import { stepPod } from './pod.ts';
import { runTimes } from './run.ts';

/**
 * One step in the life of pod `shop/web`, in milliseconds since the run's start: agents may start until 60 s, no fault
 * lives beyond 70 s, and one is held for 10 s. What a row leaves out is as it was, or not there.
 */
export interface PodRow {
  readonly at: number;
  /** Our containers in the pod, or the pod itself, or what can be read instead. */
  readonly sees: readonly EphemeralContainer[] | Pod | PodReading;
  readonly entry?: Partial<PodStatusEntry>;
  readonly did?: Partial<PodActivity>;
  readonly stopping?: true;
  readonly mayInject?: 'excluded' | 'unknown';
  /** Another process planned the run and may have acted on it. */
  readonly restarted?: true;
  readonly verifyMs?: number;
  /** The entry afterwards; the same as before when it is left out. */
  readonly becomes?: Partial<PodStatusEntry>;
  /** Effects as `kind`, or `reap n`. */
  readonly effects?: readonly string[];
  readonly wakes?: number;
}

/** A test for each row, named by its key. */
export function testRows(table: Readonly<Record<string, PodRow>>): void {
  it.each(Object.entries(table))('%s', (_name, row) => testRow(row));
}

/** Takes the step and holds it against the row. */
export function testRow(row: PodRow): void {
  const { sees, entry = {}, did = {}, stopping = false, restarted = false } = row;
  const { mayInject = 'yes' } = row;
  const before = anEntry(entry);
  const run = { startTime: at(0), attempt: 1, run: aRun() };
  const step = stepPod(
    {
      entry: before,
      activity: { ...NO_ACTIVITY, ...did },
      times: runTimes(run),
      stopping,
      mayInject,
      latest: true,
      verifyMs: row.verifyMs ?? 0,
      exceptsNode: false,
      wroteAhead: !restarted,
      now: T0 + row.at,
    },
    evidence(before, reading(sees), CONTAINER, identity),
  );
  const { becomes = entry, effects = [], wakes } = row;
  expect({
    entry: step.entry,
    effects: step.effects.map(named),
    wakes: step.wakeAt === undefined ? undefined : step.wakeAt - T0,
  }).toEqual({ entry: anEntry(becomes), effects: [...effects], wakes });
}

function reading(sees: PodRow['sees']): PodReading {
  if ('kind' in sees) return sees;
  return readPods([Array.isArray(sees) ? aPod({ ephemeralContainers: sees }) : (sees as Pod)]);
}

const named = (effect: Effect) => (effect.kind === 'reap' ? `reap ${effect.n}` : effect.kind);

/** Nothing has been readable since this time. */
export const blindSince = (ms: number): PodReading => ({
  kind: 'unreadable',
  message: 'connection refused',
  since: T0 + ms,
});

/** Activities, with times in milliseconds since the run's start. */
export const done = <Result>(ms: number, result: Result) =>
  ({ kind: 'done', at: T0 + ms, result }) as const;
export const failed = (ms: number, tries = 1, denied = false) =>
  ({ kind: 'failed', at: T0 + ms, tries, denied, message: 'no answer' }) as const;
export const unstarted = (ms: number) => ({ ...failed(ms), unstarted: true }) as const;
export const accepted = { kind: 'accepted' } as const;
export const busy = { kind: 'busy' } as const;
