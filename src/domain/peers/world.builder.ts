import type { Pod } from '../targets/pod.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from './endpoint-slice.ts';
import type { Service } from './service.ts';
import type { PeerWorld } from './world.ts';

type ServiceParts = Partial<Omit<Service, 'metadata'>> & { namespace?: string; name?: string };

/** Service `db` in namespace `shop`, at 10.96.0.5:5432/TCP; tests say only what differs. */
export function aService({
  namespace = 'shop',
  name = 'db',
  ...parts
}: ServiceParts = {}): Service {
  return {
    metadata: { namespace, name, resourceVersion: '1' },
    addresses: ['10.96.0.5'],
    ports: [{ name: '', port: 5432, protocol: 'tcp' }],
    selector: { app: name },
    ...parts,
  };
}

interface SliceParts {
  readonly namespace?: string;
  readonly name?: string;
  readonly service?: string;
  readonly ports?: readonly EndpointPort[];
  /** Addresses, each of an endpoint that is ready, or whole endpoints. */
  readonly endpoints?: readonly (string | Endpoint)[];
}

/** A slice of the Service `db` in `shop`, whose one endpoint is 10.0.0.7:15432/TCP. */
export function aSlice({
  namespace = 'shop',
  service = 'db',
  name = `${service}-x7k2p`,
  ports = [{ name: '', port: 15432, protocol: 'tcp' }],
  endpoints = ['10.0.0.7'],
}: SliceParts = {}): EndpointSlice {
  return {
    metadata: { namespace, name, resourceVersion: '1' },
    service,
    ports,
    endpoints: endpoints.map((one) =>
      typeof one === 'string' ? { addresses: [one], ready: true } : one,
    ),
  };
}

/** These and nothing else. */
export function aPeerWorld({
  services = [],
  slices = [],
  pods = [],
}: {
  readonly services?: readonly Service[];
  readonly slices?: readonly EndpointSlice[];
  readonly pods?: readonly Pod[];
} = {}): PeerWorld {
  return {
    services,
    service: (namespace, name) =>
      services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
    endpointSlices: (namespace, service) =>
      slices.filter((slice) => slice.metadata.namespace === namespace && slice.service === service),
    pods,
  };
}
