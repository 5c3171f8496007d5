import { expect } from 'vitest';
import { isFinal } from '../../api/v1alpha1/phases.ts';
import { decide } from './decide.ts';
import type { Decision, Effect } from './effects.ts';
import { NO_ACTIVITY, type Observed, type PodActivity, shortUid } from './observed.ts';
import { isSettled } from './pod-case.ts';
import { endsEarly } from './stop.ts';

/** What holds for every decision, whatever was observed. */
export function checkDecision(seen: Observed, decision: Decision, now: number): void {
  const { experiment } = seen;
  if (decision.wakeAt !== undefined) expect(decision.wakeAt).toBeGreaterThan(now);
  checkEffects(seen, decision);
  checkProgress(seen, decision);
  if (experiment.status?.startTime === undefined) return;
  checkIdempotence(seen, decision, now);
  for (const before of experiment.status.pods ?? []) {
    const after = decision.status.pods?.find(({ uid }) => uid === before.uid);
    if (isSettled(before)) expect(after, 'a settled pod stays so').toEqual(before);
    if (before.applied !== undefined) expect(after?.applied).toBe(before.applied);
  }
}

const activityOf = ({ kind }: Effect): Exclude<keyof PodActivity, 'injectUncertain'> =>
  kind === 'prove' ? 'proof' : kind;

function checkEffects(seen: Observed, { effects }: Decision): void {
  const { experiment, activities } = seen;
  const kinds = effects.map(({ kind }) => kind);
  if (experiment.status?.startTime === undefined)
    expect(
      kinds.filter((kind) => kind !== 'preflight'),
      'no change before the write-ahead',
    ).toEqual([]);
  if (endsEarly(seen) !== undefined || isFinal(experiment.status?.phase))
    expect(kinds, 'no injection after the end').not.toContain('inject');
  const keys = effects.map(({ kind, pod }) => `${kind} ${shortUid(pod)}`);
  expect(new Set(keys).size, 'no effect twice').toBe(keys.length);
  for (const effect of effects) {
    const activity = activities.get(shortUid(effect.pod)) ?? NO_ACTIVITY;
    expect(activity[activityOf(effect)].kind, 'no effect that is under way').not.toBe('busy');
    if (effect.kind === 'reap') expect(effect.n).toBeLessThanOrEqual(3);
  }
}

/** Something will bring the run on: an answer, a time, a write; or it is over. */
function checkProgress({ experiment, activities }: Observed, decision: Decision): void {
  const { status, effects, wakeAt, writeAhead, finalizer } = decision;
  const busy = [...activities.values()].some((activity) =>
    [activity.inject, activity.proof, activity.stop, activity.reap].some(
      ({ kind }) => kind === 'busy',
    ),
  );
  const started = experiment.status?.startTime !== undefined;
  const over =
    isFinal(status.phase) ||
    (!started && (status.phase === 'Planned' || experiment.metadata.deletionTimestamp));
  const moves = busy || effects.length > 0 || wakeAt || writeAhead || finalizer || over;
  expect(moves, 'nothing would ever happen again').toBeTruthy();
}

/** With the decision in place, and its effects under way, the same moment asks for nothing more, but what waited for a write-ahead. */
function checkIdempotence(
  seen: Observed,
  { status, effects, writeAhead }: Decision,
  now: number,
): void {
  if (writeAhead) return;
  const activities = new Map(seen.activities);
  for (const effect of effects) {
    const id = shortUid(effect.pod);
    const before = activities.get(id) ?? NO_ACTIVITY;
    activities.set(id, { ...before, [activityOf(effect)]: { kind: 'busy' } });
  }
  const again = decide({ ...seen, experiment: { ...seen.experiment, status }, activities }, now);
  expect(again.status).toEqual(status);
  expect(again.effects).toEqual([]);
}
