import type {
  Condition as StatusCondition,
  PodStatusEntry,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type {
  AcceptedReason,
  DegradedReason,
  InjectedReason,
  RecoveredReason,
} from '../../api/v1alpha1/reasons.ts';
import { conditionTypes } from '../../api/v1alpha1/conditions.ts';
import { MAX_CORRELATION } from '../network/gilbert.ts';
import { shorten } from '../shorten.ts';
import { isSettled } from './pod-case.ts';

const MAX_MESSAGE = 1_000;

/** A condition without what only its history knows. The reasons of each type are a closed list. */
export type Condition = {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly message: string;
} & (
  | { readonly type: 'Accepted'; readonly reason: AcceptedReason }
  | { readonly type: 'Injected'; readonly reason: InjectedReason }
  | { readonly type: 'Recovered'; readonly reason: RecoveredReason }
  | { readonly type: 'Degraded'; readonly reason: DegradedReason }
);

export type AcceptedCondition = Extract<Condition, { type: 'Accepted' }>;

/** The conditions with this one in place; the time of the last transition is kept while the status is the same. */
export function setCondition(
  conditions: readonly StatusCondition[] | undefined,
  condition: Condition,
  observedGeneration: number,
  now: number,
): StatusCondition[] {
  const { type, status, reason, message } = condition;
  const before = conditions?.find((one) => one.type === type);
  const lastTransitionTime =
    before?.status === status ? before.lastTransitionTime : new Date(now).toISOString();
  const after = { type, status, reason, message, observedGeneration, lastTransitionTime };
  const others = (conditions ?? []).filter((one) => one.type !== type);
  const order = Object.keys(conditionTypes);
  return [...others, after].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/** Whether the faults are proven, from the entries alone. */
export function injectedCondition(pods: readonly PodStatusEntry[]): Condition {
  const proven = pods.filter((pod) => pod.applied !== undefined).length;
  const open = pods.filter((pod) => pod.applied === undefined && !isSettled(pod)).length;
  const message = `${proven} of ${pods.length} pods have proven their fault`;
  if (open > 0) return { type: 'Injected', status: 'Unknown', reason: 'Injecting', message };
  if (proven === pods.length)
    return { type: 'Injected', status: 'True', reason: 'Proven', message };
  if (proven > 0) return { type: 'Injected', status: 'True', reason: 'PartlyProven', message };
  return { type: 'Injected', status: 'False', reason: 'NoneProven', message };
}

/** Whether the pods are as they were, from the entries alone. */
export function recoveredCondition(pods: readonly PodStatusEntry[]): Condition {
  const active = pods.filter((pod) => !isSettled(pod)).length;
  if (active > 0) {
    const message = `${active} of ${pods.length} pods are not proven clean yet`;
    return { type: 'Recovered', status: 'False', reason: 'FaultsActive', message };
  }
  const unproven = pods.filter(notClean);
  if (unproven.length > 0) {
    const message = `not proven clean: ${examples(unproven)}`;
    return { type: 'Recovered', status: 'Unknown', reason: 'NotAllProven', message };
  }
  const message = `all ${pods.length} pods are clean, gone or were never hit`;
  return { type: 'Recovered', status: 'True', reason: 'AllClean', message };
}

/** What of a run is not as it was asked for, apart from its pods. */
export interface Shortfalls {
  /** As asked for, in percent. */
  readonly correlation: number;
  /** Services (namespace/name) of which only some endpoints are hit. */
  readonly partial: readonly string[];
  /** Which peer is nobody now. */
  readonly missing: string | undefined;
  /** Why agents may follow other peers than there are. */
  readonly stale: string | undefined;
}

/** What went otherwise than planned, the worst first. */
export function degradedCondition(
  pods: readonly PodStatusEntry[],
  { correlation, partial, missing, stale }: Shortfalls,
): Condition {
  const unclean = pods.filter(notClean);
  const leaked = pods.filter((pod) => pod.state === 'Leaked' || pod.reason === 'Reaped');
  const failed = pods.filter((pod) => pod.state === 'Failed' || pod.state === 'Unknown');
  if (unclean.length > 0) {
    return { type: 'Degraded', status: 'True', reason: 'NotClean', message: examples(unclean) };
  }
  if (leaked.length > 0) {
    return { type: 'Degraded', status: 'True', reason: 'Leaked', message: examples(leaked) };
  }
  if (failed.length > 0) {
    return { type: 'Degraded', status: 'True', reason: 'PodsFailed', message: examples(failed) };
  }
  if (stale !== undefined) {
    return {
      type: 'Degraded',
      status: 'True',
      reason: 'PeersStale',
      message: shorten(stale, MAX_MESSAGE),
    };
  }
  if (missing !== undefined) {
    const message = shorten(missing, MAX_MESSAGE);
    return { type: 'Degraded', status: 'True', reason: 'PeersUnresolved', message };
  }
  if (partial.length > 0) {
    const some = partial.slice(0, 3).join(', ');
    const more = partial.length > 3 ? ` and ${partial.length - 3} more` : '';
    const message = `only some endpoints of Service ${some}${more} lie in a peer's cidr: traffic through the Service's own address is left alone; with services: any it is hit`;
    return { type: 'Degraded', status: 'True', reason: 'PartialService', message };
  }
  if (correlation > MAX_CORRELATION) {
    const message = `correlation ${correlation} is realised as ${MAX_CORRELATION}`;
    return { type: 'Degraded', status: 'True', reason: 'CorrelationLimited', message };
  }
  return { type: 'Degraded', status: 'False', reason: 'AsPlanned', message: '' };
}

/** Settled without a proof that the pod is clean. */
export function notClean(pod: PodStatusEntry): boolean {
  return isSettled(pod) && (pod.state === 'Abandoned' || pod.state === 'Unknown');
}

function examples(pods: readonly PodStatusEntry[]): string {
  const shown = pods
    .slice(0, 3)
    .map(
      ({ name, reason = 'no reason', message }) =>
        `${name}: ${reason}${message ? ` (${message})` : ''}`,
    );
  const more = pods.length > shown.length ? `, and ${pods.length - shown.length} more` : '';
  return shown.join(', ') + more;
}
