import type {
  ChaosExperimentStatus,
  PodStatusEntry,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { AcceptedReason } from '../../api/v1alpha1/reasons.ts';
import { asked } from '../network/impairment.ts';
import { MAX_EXPLANATION } from '../safety/rules.ts';
import { shorten } from '../shorten.ts';
import { admissionGroup } from '../targets/owner.ts';
import type { PlannedPods } from '../targets/plan.ts';
import type { Pod } from '../targets/pod.ts';
import { type AcceptedCondition, setCondition } from './conditions.ts';
import type { Decision } from './effects.ts';
import { type InjectResult, type Observed, shortUid } from './observed.ts';
import { become } from './pod-case.ts';
import { rerunToken } from './rerun.ts';
import { summarise } from './summary.ts';

/**
 * What every status before the start has in common. Entries and figures of an earlier generation, or attempt, do not
 * survive; the number of the last attempt does.
 */
export function opening(
  { experiment }: Observed,
  now: number,
  accepted: Omit<AcceptedCondition, 'type'>,
): ChaosExperimentStatus {
  const { generation } = experiment.metadata;
  const { attempt, conditions } = experiment.status ?? {};
  const rerun = rerunToken(experiment);
  const message = shorten(accepted.message, MAX_EXPLANATION);
  return {
    observedGeneration: generation,
    message,
    ...(attempt !== undefined && { attempt }),
    ...(rerun !== undefined && { rerun }),
    conditions: setCondition(
      conditions,
      { type: 'Accepted', ...accepted, message },
      generation,
      now,
    ),
  };
}

/** Not decided yet. What a dry run has promised outlives a moment in which nothing can be decided. */
export function pending(
  observed: Observed,
  now: number,
  reason: AcceptedReason,
  message: string,
): ChaosExperimentStatus {
  const { plan, pods, summary } = observed.experiment.status ?? {};
  return {
    ...opening(observed, now, { status: 'Unknown', reason, message }),
    phase: 'Pending',
    ...(plan && { plan }),
    ...(pods && { pods }),
    ...(summary && { summary }),
  };
}

export function refuse(
  observed: Observed,
  now: number,
  reason: AcceptedReason,
  message: string,
  phase: 'Failed' | 'Aborted' = 'Failed',
  planned?: PlannedPods,
): Decision {
  const status = {
    ...opening(observed, now, { status: 'False', reason, message }),
    phase,
    ...(planned && { plan: planned.plan }),
    endTime: new Date(now).toISOString(),
  };
  return { status, effects: [] };
}

/** Why admission would not have our container, for pods of one admission group. */
export type Refusal = Extract<InjectResult, { kind: 'refused' }>;

/** The end of a dry run: the pods that the real one would hit, and those of them where admission would refuse it. */
export function promise(
  observed: Observed,
  now: number,
  planned: PlannedPods,
  refusals: ReadonlyMap<string, Refusal>,
): ChaosExperimentStatus {
  const names = planned.selected.map((pod) => pod.metadata.name).sort();
  const pods = planned.selected.map((pod) => {
    const refusal = refusals.get(admissionGroup(pod));
    const entry = entryOf(pod);
    return refusal ? become(entry, entry.state, refusal.reason, refusal.message) : entry;
  });
  const refused = pods.filter(({ reason }) => reason !== undefined);
  const [first] = refused;
  const but = first
    ? `; but admission would refuse our container in ${refused.length} of them: ${first.reason} (${first.message})`
    : '';
  const message = `dry run: would hit ${pods.length} of ${planned.plan.matched} matched pods: ${listed(names)}${but}`;
  return {
    ...opening(observed, now, { status: 'True', reason: 'DryRun', message }),
    phase: 'Planned',
    plan: planned.plan,
    pods,
    summary: summarise(pods, asked(observed.experiment.spec)),
  };
}

export function entryOf(pod: Pod): PodStatusEntry {
  const { namespace, name } = pod.metadata;
  return { namespace, name, uid: shortUid(pod), state: 'Planned' };
}

/** The first five, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
