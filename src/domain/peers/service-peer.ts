import type { EndpointPort, EndpointSlice } from './endpoint-slice.ts';
import { aimsAt, aimsAtHost, type Found, nothing, type Sought } from './found.ts';
import { combine, type PortMatch, portMatches, takes } from './ports.ts';
import type { Service, ServicePort } from './service.ts';

/**
 * A Service by both of its forms, as it is rewritten outside of the pod (kube-proxy) or inside of it: its own addresses at
 * its own ports, and its endpoints at theirs. Only its ports, of which `service.port` names one; of `ports` those count
 * that are a port of it or of its endpoints, and let the whole port through. All endpoints, also those that are
 * not ready or on their way out: connections to them go on.
 *
 * Headless: the endpoints alone; without ports of its own, all traffic with them, or at the peer's `ports`.
 * ExternalName: the name, at the ports that the Service lists, else as if it had been given as host.
 * Neither node ports nor names of load balancers are its addresses.
 */
export function findService({ peer, namespace, world }: Sought): Found {
  const { name, namespace: where = namespace, port } = peer.service ?? { name: '' };
  const service = world.service(where, name);
  if (service === undefined) {
    const message = `Service ${where}/${name} cannot be seen: takes the name of a Service that is there`;
    return nothing('service', message);
  }
  const slices = world.endpointSlices(where, name);
  const asked = portMatches(peer.ports);
  const local = portMatches(peer.localPorts);
  if (service.ports.length === 0 && port === undefined) {
    return whole(service, slices, combine(asked, local));
  }

  const named = service.ports.filter((one) => port === undefined || isCalled(one, port));
  if (named.length === 0) {
    const message = `Service ${where}/${name} has no port ${port}: takes ${portsOf(service)}`;
    return nothing('service.port', message);
  }
  const chosen = named.filter(
    (one) =>
      peer.ports === undefined ||
      takes(asked, one.protocol, one.port) ||
      slices.some((slice) => {
        const target = targetPort(slice, one);
        return target?.port !== undefined && takes(asked, one.protocol, target.port);
      }),
  );
  if (chosen.length === 0) {
    const message = `none of them is a port of Service ${where}/${name} or of its endpoints: takes ${portsOf(service)}`;
    return nothing('ports', message);
  }
  const agreed = chosen.filter((one) => combine([matchOf(one)], local).length > 0);
  if (agreed.length === 0) {
    const message = `their protocols are none of Service ${where}/${name}'s ports: takes the protocol of ${portsOf(service)}`;
    return nothing('localPorts', message);
  }

  const { externalName } = service;
  if (externalName !== undefined) {
    return { aims: aimsAtHost(externalName, combine(agreed.map(matchOf), local)) };
  }
  const own = aimsAt(service.addresses, combine(agreed.map(matchOf), local));
  const endpoints = slices.flatMap((slice) => {
    const targets = agreed.flatMap((one) => targetPort(slice, one) ?? []);
    return aimsAt(addressesOf(slice), combine(targets.map(matchOf), local));
  });
  const aims = [...own, ...endpoints];
  return {
    aims,
    ...(agreed.length === service.ports.length && { covered: [`${where}/${name}`] }),
    ...(endpoints.length === 0 && { problems: [{ field: 'service', message: empty(service) }] }),
  };
}

/** A Service that lists no ports. */
function whole(
  service: Service,
  slices: readonly EndpointSlice[],
  matches: ReturnType<typeof combine>,
): Found {
  if (matches.length === 0) return nothing('localPorts', NOTHING_IN_COMMON);
  if (service.externalName !== undefined) {
    return { aims: aimsAtHost(service.externalName, matches) };
  }
  const aims = aimsAt(slices.flatMap(addressesOf), matches);
  return aims.length === 0 ? nothing('service', empty(service)) : { aims };
}

export const NOTHING_IN_COMMON =
  'have no protocol in common with ports, so that no packet is meant: takes the same protocols as ports';

/** The port of the endpoints of this slice to which a port of the Service leads; undefined where they do not have it. */
export function targetPort(slice: EndpointSlice, port: ServicePort): EndpointPort | undefined {
  return slice.ports.find(({ name, protocol }) => name === port.name && protocol === port.protocol);
}

export const addressesOf = ({ endpoints }: EndpointSlice): readonly string[] =>
  endpoints.flatMap(({ addresses }) => addresses);

export function matchOf({ protocol, port }: Pick<EndpointPort, 'protocol' | 'port'>): PortMatch {
  return { protocol, ...(port !== undefined && { range: { first: port, last: port } }) };
}

const isCalled = ({ name, port }: ServicePort, called: number | string) =>
  name === called || String(port) === String(called);

function portsOf({ ports }: Service): string {
  if (ports.length === 0) return 'no port, as it has none';
  return ports
    .map(({ name, port, protocol }) => {
      const number = `${port}/${protocol.toUpperCase()}`;
      return name === '' ? number : `${name} (${number})`;
    })
    .join(', ');
}

const empty = ({ metadata: { namespace, name } }: Service) =>
  `Service ${namespace}/${name} has no endpoints at the ports that are meant: takes a Service with at least one, ready or not`;
