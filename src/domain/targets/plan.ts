import type { Plan, Rejection, Targets } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { RejectionReason } from '../../api/v1alpha1/reasons.ts';
import { canonicalJson, fingerprint } from '../fingerprint.ts';
import { rejection } from './eligibility.ts';
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
}

export interface PlannedPods {
  readonly plan: Plan;
  readonly selected: readonly Pod[];
  /** Matched pods that run, excluded ones included: what percentages are of. */
  readonly running: number;
  /** Of these, pods under another experiment's fault. */
  readonly faulted: number;
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

/** Chooses the pods. Selector and podNames must both hold where both are given. */
export function planPods(input: PlanInput): PlannedPods {
  const { targets, faultedBy } = input;
  const namespaces = new Set(targetNamespaces(input.namespace, targets));
  const inScope = input.pods.filter((pod) => namespaces.has(pod.metadata.namespace));
  const matched = inScope.filter(
    (pod) =>
      (targets.selector === undefined || matchesSelector(targets.selector, pod.metadata.labels)) &&
      (targets.podNames === undefined || targets.podNames.includes(pod.metadata.name)),
  );

  const rejected = new Map<RejectionReason, string[]>();
  const turnDown = (reason: RejectionReason, example: string) =>
    rejected.set(reason, [...(rejected.get(reason) ?? []), example]);
  const present = new Set(inScope.map((pod) => pod.metadata.name));
  for (const name of targets.podNames ?? []) if (!present.has(name)) turnDown('NotFound', name);

  const eligible: Pod[] = [];
  for (const pod of matched) {
    const reason = rejection(pod, { exclude: targets.exclude, faultedBy });
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
      rejected: [...rejected].map(
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
  };
}
