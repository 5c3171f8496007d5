import type { Plan, Rejection, Targets } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { RejectionReason } from '../../api/v1alpha1/reasons.ts';
import { canonicalJson, fingerprint } from '../fingerprint.ts';
import type { Limits } from '../safety/limits.ts';
import { rejection } from './eligibility.ts';
import { behindService, controls, type Services } from './membership.ts';
import type { Namespaces } from './namespace.ts';
import { type OwnerShare, ownerShares } from './owner.ts';
import { isRunning, type Pod } from './pod.ts';
import { select, wantedPods } from './selection.ts';
import { matchesSelector } from './selector.ts';

/** Everything that a plan depends on; nothing else may change it, or a dry run would promise something else. */
export interface PlanInput {
  readonly namespace: string;
  readonly name: string;
  readonly targets: Targets;
  readonly seed: string | undefined;
  /** Every pod of the target namespaces; others are ignored. */
  readonly pods: readonly Pod[];
  /** The experiment (namespace/name) in whose hands a pod still is. */
  readonly faultedBy: (pod: Pod) => string | undefined;
  /** The pods that an earlier dry run of the same targets named. */
  readonly promised: (pod: Pod) => boolean;
  readonly namespaces: Namespaces;
  readonly services: Services;
  readonly limits: Pick<Limits, 'protectedNamespaces' | 'optInLabels'>;
}

export interface PlannedPods {
  readonly plan: Plan;
  readonly selected: readonly Pod[];
  /** Matched pods that run, excluded ones included: what percentages are of. */
  readonly running: number;
  /** Of these, pods under another experiment's fault. */
  readonly faulted: number;
  /** Where the matched pods are. */
  readonly matchedNamespaces: readonly string[];
  /** The controlling owners of the selected pods. */
  readonly owners: readonly OwnerShare[];
}

/** Rejected pods named as examples, for each reason. */
const EXAMPLES = 3;

export function targetNamespaces(namespace: string, targets: Targets): readonly string[] {
  return targets.namespaces ?? [namespace];
}

/** Identifies the targets and the seed: equal hashes choose alike. */
export function targetsHash(
  input: Pick<PlanInput, 'namespace' | 'name' | 'targets' | 'seed'>,
): string {
  const { namespace, name, targets, seed } = input;
  return fingerprint(canonicalJson([namespace, name, targets, seed ?? null])).slice(0, 16);
}

/** Chooses the pods. Selector, podNames, service and workload must all hold where they are given. */
export function planPods(input: PlanInput): PlannedPods {
  const { targets, faultedBy, limits } = input;
  const namespaces = new Set(targetNamespaces(input.namespace, targets));
  const inScope = input.pods.filter((pod) => namespaces.has(pod.metadata.namespace));
  const { selector, podNames, service, workload } = targets;
  const isBehind = service && behindService(service.name, namespaces, input.services);
  const matched = inScope.filter(
    (pod) =>
      (selector === undefined || matchesSelector(selector, pod.metadata.labels)) &&
      (podNames === undefined || podNames.includes(pod.metadata.name)) &&
      (service === undefined || isBehind?.(pod) === true) &&
      (workload === undefined || controls(workload, pod)),
  );

  const rejected = new Map<RejectionReason, string[]>();
  const turnDown = (reason: RejectionReason, example: string) => {
    const examples = rejected.get(reason);
    if (examples === undefined) rejected.set(reason, [example]);
    else examples.push(example);
  };
  const present = new Set(inScope.map((pod) => pod.metadata.name));
  for (const name of podNames ?? []) if (!present.has(name)) turnDown('NotFound', name);
  if (service !== undefined && isBehind === undefined) {
    turnDown('NotFound', `service ${service.name}`);
  }
  if (workload !== undefined && !inScope.some((pod) => controls(workload, pod))) {
    turnDown('NotFound', `${workload.kind.toLowerCase()} ${workload.name}`);
  }

  const context = {
    exclude: targets.exclude,
    faultedBy,
    namespaces: input.namespaces,
    protectedNamespaces: new Set(limits.protectedNamespaces.map(({ value }) => value)),
    optInLabels: limits.optInLabels.map(({ value }) => value),
  };
  const eligible: Pod[] = [];
  for (const pod of matched) {
    const reason = rejection(pod, context);
    const id = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (reason === undefined) eligible.push(pod);
    else turnDown(reason, reason === 'AlreadyFaulted' ? `${id} (by ${faultedBy(pod)})` : id);
  }

  const running = matched.filter(isRunning);
  const hash = targetsHash(input);
  const wanted = wantedPods(targets.count ?? 1, running.length);
  const selected = select(eligible, wanted, input.seed ?? hash, input.promised);
  return {
    plan: {
      matched: matched.length,
      eligible: eligible.length,
      selected: selected.length,
      targetsHash: hash,
      rejected: [...rejected]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([reason, names]): Rejection => ({
            reason,
            count: names.length,
            examples: names.sort().slice(0, EXAMPLES),
          }),
        ),
    },
    selected,
    running: running.length,
    faulted: running.filter((pod) => faultedBy(pod) !== undefined).length,
    matchedNamespaces: [...new Set(matched.map(({ metadata }) => metadata.namespace))].sort(),
    owners: ownerShares(selected, inScope, faultedBy),
  };
}
