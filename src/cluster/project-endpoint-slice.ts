import type { Endpoint, EndpointPort, EndpointSlice } from '../domain/peers/endpoint-slice.ts';
import { portProtocol } from './port-protocol.ts';

/** The label by which a slice belongs to a Service. */
export const SERVICE_LABEL = 'kubernetes.io/service-name';

/** The fields of discovery.k8s.io/v1 EndpointSlice that are read. */
interface RawEndpointSlice {
  metadata: {
    name: string;
    namespace: string;
    resourceVersion: string;
    labels?: Record<string, string>;
  };
  addressType: string;
  endpoints?:
    | {
        addresses: string[];
        conditions?: { ready?: boolean | null };
        targetRef?: { kind?: string; name?: string };
      }[]
    | null;
  ports?: { name?: string | null; protocol?: string | null; port?: number | null }[] | null;
}

/** What we keep of a slice: of the 400 bytes of an endpoint about 100. */
export function projectEndpointSlice(raw: unknown): EndpointSlice {
  const { metadata, addressType, endpoints, ports } = raw as RawEndpointSlice;
  return {
    metadata: {
      namespace: metadata.namespace,
      name: metadata.name,
      resourceVersion: metadata.resourceVersion,
    },
    service: metadata.labels?.[SERVICE_LABEL] ?? '',
    // Names (FQDN) are followed by nobody.
    endpoints:
      addressType === 'FQDN'
        ? []
        : (endpoints ?? []).map(
            ({ addresses, conditions, targetRef }): Endpoint => ({
              addresses,
              ready: conditions?.ready ?? true,
              ...(targetRef?.kind === 'Pod' &&
                targetRef.name !== undefined && { pod: targetRef.name }),
            }),
          ),
    ports: (ports ?? []).flatMap(({ name, protocol, port }): EndpointPort[] => {
      const known = portProtocol(protocol ?? undefined);
      if (known === undefined) return [];
      return [
        { name: name ?? '', protocol: known, ...(port !== undefined && port !== null && { port }) },
      ];
    }),
  };
}
