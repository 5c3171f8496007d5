import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { Pod } from '../targets/pod.ts';

/** Whether the nodes of the targets are left alone. */
export function exceptsNode({
  exceptPeers = [],
}: Pick<ChaosExperimentSpec, 'exceptPeers'>): boolean {
  return exceptPeers.some(({ kubelet }) => kubelet === true);
}

/** The rules by which a pod's node is left alone; none unless that was asked for. The pod's gateway is found by the agent. */
export function nodeLines(wanted: boolean, { hostIps }: Pick<Pod, 'hostIps'>): string[] {
  if (!wanted) return [];
  const of = (family: 'ip' | 'ipv6', is6: boolean) => {
    const addresses = hostIps.filter((ip) => ip.includes(':') === is6);
    return addresses.length === 0 ? [] : [`pass ${family} any - - ${addresses.join(' ')}`];
  };
  return [...of('ip', false), ...of('ipv6', true)];
}
