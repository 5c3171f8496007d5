import type { EphemeralContainer, Pod } from './pod.ts';

type PodParts = Partial<Omit<Pod, 'metadata'>> & Partial<Pod['metadata']>;

/** A running pod `web` in namespace `shop`; tests say only what differs. */
export function aPod(parts: PodParts = {}): Pod {
  const {
    namespace = 'shop',
    name = 'web',
    resourceVersion = '1',
    labels = { app: 'web' },
    ...rest
  } = parts;
  const { uid = `${name.padEnd(13, '-')}-uid`, ...fields } = rest;
  return {
    metadata: { namespace, name, uid, resourceVersion, labels },
    phase: 'Running',
    terminating: false,
    hostNetwork: false,
    ips: [],
    hostIps: [],
    mirror: false,
    windows: false,
    excluded: false,
    ephemeralContainers: [],
    ...fields,
  };
}

/** A container that the kubelet has not reported yet. */
export function aContainer(
  parts: Partial<EphemeralContainer> & { name: string },
): EphemeralContainer {
  return { image: 'squall.local/injector:dev', env: {}, state: { kind: 'unreported' }, ...parts };
}
