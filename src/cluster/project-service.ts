import type { Service, ServicePort } from '../domain/peers/service.ts';
import { portProtocol } from './port-protocol.ts';

/** The fields of core/v1 Service that are read; the API server fills in the rest. */
interface RawService {
  metadata: { name: string; namespace: string; resourceVersion: string };
  spec?: {
    type?: string;
    clusterIP?: string;
    clusterIPs?: string[];
    externalIPs?: string[];
    externalName?: string;
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; protocol?: string }[];
  };
  status?: { loadBalancer?: { ingress?: { ip?: string }[] } };
}

/** What we keep of a Service. */
export function projectService(raw: unknown): Service {
  const { metadata, spec = {}, status } = raw as RawService;
  const { clusterIP = '', clusterIPs = [clusterIP], externalIPs = [], selector = {} } = spec;
  const balancers = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  const isName = spec.type === 'ExternalName';
  return {
    metadata: {
      namespace: metadata.namespace,
      name: metadata.name,
      resourceVersion: metadata.resourceVersion,
    },
    // A headless Service has the address None.
    addresses: isName
      ? []
      : [...clusterIPs, ...externalIPs, ...balancers].filter((ip) => ip !== '' && ip !== 'None'),
    ports: (spec.ports ?? []).flatMap(({ name = '', port, protocol }): ServicePort[] => {
      const known = portProtocol(protocol);
      return known === undefined ? [] : [{ name, port, protocol: known }];
    }),
    ...(Object.keys(selector).length > 0 && !isName && { selector }),
    ...(isName && spec.externalName !== undefined && { externalName: spec.externalName }),
  };
}
