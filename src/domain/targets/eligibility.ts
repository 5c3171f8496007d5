import type { RejectionReason } from '../../api/v1alpha1/reasons.ts';
import { isOurs } from '../container.ts';
import { hasLabel, type RequiredLabel } from '../safety/label.ts';
import { type LabelSelector, matchesSelector } from './selector.ts';
import type { Namespaces } from './namespace.ts';
import { isRunning, type Pod } from './pod.ts';

/** Ephemeral containers of ours that a pod may collect in its life: they can never be removed. */
export const CONTAINER_BUDGET = 10;

/** What eligibility depends on besides the pod itself. */
export interface EligibilityContext {
  readonly exclude: LabelSelector | undefined;
  /** The experiment (namespace/name) in whose hands a pod still is, by pod uid prefix as status keeps it. */
  readonly faultedBy: (pod: Pod) => string | undefined;
  readonly namespaces: Namespaces;
  readonly protectedNamespaces: ReadonlySet<string>;
  readonly optInLabels: readonly RequiredLabel[];
}

interface Rule {
  readonly reason: RejectionReason;
  readonly rejects: (pod: Pod, context: EligibilityContext) => boolean;
}

/** In the order in which a person wants to know: the first that rejects is the reason. */
const rules: readonly Rule[] = [
  { reason: 'Terminating', rejects: (pod) => pod.terminating },
  { reason: 'HostNetwork', rejects: (pod) => pod.hostNetwork },
  { reason: 'StaticPod', rejects: (pod) => pod.mirror },
  { reason: 'Windows', rejects: (pod) => pod.windows },
  {
    reason: 'OwnPod',
    rejects: (pod) => pod.metadata.labels['app.kubernetes.io/name'] === 'squall',
  },
  {
    reason: 'Protected',
    rejects: (pod, { protectedNamespaces }) => protectedNamespaces.has(pod.metadata.namespace),
  },
  {
    reason: 'Excluded',
    rejects: (pod, { exclude, namespaces }) =>
      pod.excluded ||
      namespaces.get(pod.metadata.namespace)?.excluded === true ||
      (exclude !== undefined && matchesSelector(exclude, pod.metadata.labels)),
  },
  {
    reason: 'NotOptedIn',
    rejects: (pod, { optInLabels }) =>
      !optInLabels.every((label) => hasLabel(label, pod.metadata.labels)),
  },
  { reason: 'NotRunning', rejects: (pod) => !isRunning(pod) },
  { reason: 'AlreadyFaulted', rejects: (pod, { faultedBy }) => faultedBy(pod) !== undefined },
  {
    // One slot is kept for a reaper.
    reason: 'BudgetExhausted',
    rejects: (pod) => pod.ephemeralContainers.filter(isOurs).length >= CONTAINER_BUDGET - 1,
  },
];

/** Why this pod must not be injected; undefined when it may. */
export function rejection(pod: Pod, context: EligibilityContext): RejectionReason | undefined {
  return rules.find((rule) => rule.rejects(pod, context))?.reason;
}
