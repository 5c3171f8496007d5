import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { type ResolvedPeers, resolvePeers } from '../peers/resolve.ts';
import type { PeerWorld } from '../peers/world.ts';
import type { Limits } from '../safety/limits.ts';
import { judge, type Violation } from '../safety/rules.ts';
import type { Namespaces } from '../targets/namespace.ts';
import { orphanIn } from '../targets/orphan.ts';
import { type PlannedPods, planPods, targetsHash } from '../targets/plan.ts';
import type { Pod } from '../targets/pod.ts';
import { shortUid } from './observed.ts';
import { isSettled } from './pod-case.ts';

/** The cluster as planning sees it. */
export interface World {
  readonly pods: readonly Pod[];
  readonly namespaces: Namespaces;
  readonly limits: Limits;
  readonly peers: PeerWorld;
  /** The other experiments. */
  readonly others: readonly ChaosExperiment[];
  /** Whether the experiment of that uid is gone, and was over when it went. */
  readonly ended: (uid: string) => boolean;
}

export interface Proposed {
  readonly planned: PlannedPods;
  readonly violations: readonly Violation[];
  /** Whom the fault would hit, and whom it would pass; undefined when it hits everybody. */
  readonly peers?: ResolvedPeers;
  /** Why nothing can be said yet, although all was read; undefined when it can. */
  readonly unknown?: string;
}

/** An experiment that is stored, or one that is still to be admitted and has neither status nor uid. */
export type Proposable = Pick<ChaosExperiment, 'spec' | 'status'> & {
  readonly metadata: Pick<ChaosExperiment['metadata'], 'namespace' | 'name'> & {
    readonly uid?: string;
  };
};

/**
 * What the experiment would do now, and every rule that forbids it. Webhook and controller both ask here, so that what
 * the one lets in the other does, and what a dry run names the real run hits.
 */
export function propose({ metadata, spec, status }: Proposable, world: World): Proposed {
  const { pods, namespaces, limits, others } = world;
  const { namespace } = metadata;
  const held = heldPods(others);
  const present = new Set([metadata.uid, ...others.map((other) => other.metadata.uid)]);
  const isKnown = (uid: string) => present.has(uid) || world.ended(uid);
  const input = {
    namespace,
    name: metadata.name,
    targets: spec.targets,
    seed: spec.seed,
    pods,
    faultedBy: (pod: Pod) => held.get(shortUid(pod)) ?? orphanIn(pod, isKnown),
    namespaces,
    services: world.peers,
    limits,
  };
  const kept = status?.plan?.targetsHash === targetsHash(input) ? (status.pods ?? []) : [];
  const promised = new Set(kept.map((entry) => entry.uid));
  const planned = planPods({ ...input, promised: (pod) => promised.has(shortUid(pod)) });
  const violations = judge({ namespace, spec, planned, limits, namespaces });
  // Pods and namespaces come by watches of their own: what excludes a new namespace may still be on its way.
  const missing = planned.matchedNamespaces.filter((name) => namespaces.get(name) === undefined);
  const unknown =
    missing.length === 0 ? undefined : `namespace ${missing.join(', ')} cannot be read yet`;
  const { peers, exceptPeers } = spec;
  const aimed = peers !== undefined || exceptPeers !== undefined;
  return {
    planned,
    violations,
    ...(aimed && { peers: resolvePeers({ namespace, peers, exceptPeers, world: world.peers }) }),
    ...(unknown !== undefined && { unknown }),
  };
}

/** The pods that are still in the hands of these experiments, by short uid, and in whose (namespace/name). */
function heldPods(experiments: readonly ChaosExperiment[]): Map<string, string> {
  const held = new Map<string, string>();
  for (const { metadata, status } of experiments) {
    if (status?.startTime === undefined) continue;
    for (const entry of status.pods ?? []) {
      // The fault of a pod that was given up may be there until the pod is made anew.
      if (!isSettled(entry) || entry.state === 'Abandoned')
        held.set(entry.uid, `${metadata.namespace}/${metadata.name}`);
    }
  }
  return held;
}

/** Why no pod would be hit, in one sentence. */
export function nobody({ plan: { matched, rejected = [] } }: PlannedPods): string {
  if (matched === 0 && rejected.length === 0) return 'no pod matches spec.targets';
  const reasons = rejected.map(
    ({ reason, count, examples = [] }) => `${reason} ${count} (${examples.join(', ')})`,
  );
  return `none of the ${matched} pods that match spec.targets can be hit: ${reasons.join('; ')}`;
}
