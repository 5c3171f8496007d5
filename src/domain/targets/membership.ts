import type { TargetWorkload } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { PeerWorld } from '../peers/world.ts';
import type { Pod } from './pod.ts';
import { matchesSelector } from './selector.ts';

export type Services = Pick<PeerWorld, 'service' | 'endpointSlices'>;

/**
 * Whether a pod is behind the Service of that name in the pod's namespace, ready or not: by the Service's selector, and
 * where it has none, by the pods that its slices name. Undefined when there is no such Service in any of the namespaces.
 */
export function behindService(
  name: string,
  namespaces: Iterable<string>,
  services: Services,
): ((pod: Pod) => boolean) | undefined {
  const found = new Map<string, (pod: Pod) => boolean>();
  for (const namespace of namespaces) {
    const service = services.service(namespace, name);
    if (service === undefined) continue;
    const { selector } = service;
    if (selector !== undefined) {
      const labels = { matchLabels: selector };
      found.set(namespace, ({ metadata }) => matchesSelector(labels, metadata.labels));
      continue;
    }
    const named = new Set(
      services
        .endpointSlices(namespace, name)
        .flatMap(({ endpoints }) => endpoints.flatMap(({ pod }) => pod ?? [])),
    );
    found.set(namespace, ({ metadata }) => named.has(metadata.name));
  }
  if (found.size === 0) return undefined;
  return (pod) => found.get(pod.metadata.namespace)?.(pod) ?? false;
}

/** The label by which a ReplicaSet of a Deployment tells its pods from those of others; its own name ends with it. */
const TEMPLATE_HASH = 'pod-template-hash';

/** Whether the workload controls the pod; a Deployment does so by one of its ReplicaSets. */
export function controls({ kind, name }: TargetWorkload, { owner, metadata }: Pod): boolean {
  if (kind !== 'Deployment') return owner?.kind === kind && owner.name === name;
  const hash = metadata.labels[TEMPLATE_HASH];
  return hash !== undefined && owner?.kind === 'ReplicaSet' && owner.name === `${name}-${hash}`;
}
