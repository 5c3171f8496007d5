import type { ChaosExperimentStatus } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { admissionGroup } from '../targets/owner.ts';
import type { Pod } from '../targets/pod.ts';
import { commit, type StartTimes } from './commit.ts';
import { type Decision, type Effect, earlier } from './effects.ts';
import { NO_ACTIVITY, type Observed, shortUid } from './observed.ts';
import { promise } from './opening.ts';
import { attempt } from './pod-case.ts';
import type { Proposed } from './propose.ts';
import type { Refusal } from './opening.ts';

/** Questions that got no answer so often are given up: what they'd have told, the real run will find out. */
const MAX_TRIES = 3;

/**
 * A dry run: asks admission about the very containers that the real run would add, without adding them, once for the
 * pods that are made alike; then says which pods would be hit, and where admission would not have it.
 */
export function rehearse(
  observed: Observed,
  now: number,
  proposed: Proposed,
  times: StartTimes,
): Decision {
  const { planned } = proposed;
  const preview = commit(observed, now, proposed, times);
  const groups = new Map<string, Pod>();
  for (const pod of planned.selected) {
    if (!groups.has(admissionGroup(pod))) groups.set(admissionGroup(pod), pod);
  }
  const effects: Effect[] = [];
  const refusals = new Map<string, Refusal>();
  let waiting = false;
  let wakeAt: number | undefined;
  for (const [group, pod] of groups) {
    const { preflight } = observed.activities.get(shortUid(pod)) ?? NO_ACTIVITY;
    if (preflight.kind === 'failed' && preflight.tries >= MAX_TRIES) continue;
    if (preflight.kind !== 'done') {
      waiting = true;
      const tried = attempt(preflight, { kind: 'preflight', pod, preview }, now);
      effects.push(...tried.effects);
      wakeAt = earlier(wakeAt, tried.wakeAt);
      continue;
    }
    if (preflight.result.kind === 'refused') refusals.set(group, preflight.result);
  }
  if (!waiting) return { status: promise(observed, now, planned, refusals), effects: [] };
  const status: ChaosExperimentStatus = observed.experiment.status ?? {};
  return { status, effects, ...(wakeAt !== undefined && { wakeAt }) };
}
