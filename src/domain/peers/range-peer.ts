import { type Cidr, parseAddress, parseCidr } from './cidr.ts';
import { type Aim, aimsAt, type Found, nothing, type Sought } from './found.ts';
import { combine, type PortMatch, portMatches, takes } from './ports.ts';
import type { Service, ServicePort } from './service.ts';
import { matchOf, NOTHING_IN_COMMON, targetPort } from './service-peer.ts';
import type { PeerWorld } from './world.ts';

/**
 * A range of addresses as such, and the Services behind which it is: one whose ready endpoints, of the range's family, all lie
 * in it is meant too where it is called by an address of its own, at its own ports. With `ports`, those of the endpoints
 * decide, each port of the Service for itself. Where only some of the endpoints are meant, so is the Service with
 * `services: any`, and in an exception, which is then wider than asked and hits nobody more; else it is left out and named
 * as partial: its own addresses would be hit for the others as well.
 */
export function findRange({ peer, verdict, world }: Sought): Found {
  const text = peer.cidr ?? '';
  const range = parseCidr(text);
  if (range === undefined) {
    const message = `"${text}" is no range of addresses: takes one such as 10.32.0.0/16, fd00::/8 or 10.0.0.7`;
    return nothing('cidr', message);
  }
  const asked = portMatches(peer.ports);
  const local = portMatches(peer.localPorts);
  const literal = aimsAt([text], combine(asked, local));
  if (literal.length === 0) return nothing('localPorts', NOTHING_IN_COMMON);

  const aims: Aim[] = [];
  const covered: string[] = [];
  const partial: string[] = [];
  for (const service of world.services) {
    const beyond = addressesBeyond(service, range, asked);
    if (beyond.length === 0) continue;
    const id = `${service.metadata.namespace}/${service.metadata.name}`;
    const shares = beyond.map(({ port, addresses }) => ({
      port,
      addresses,
      share: shareWithin(service, port, range, asked, world),
    }));
    const meant = shares.filter(
      ({ share }) =>
        share === 'all' || (share === 'some' && (peer.services === 'any' || verdict === 'pass')),
    );
    for (const { port, addresses } of meant) {
      aims.push(...aimsAt(addresses, combine([matchOf(port)], local)));
    }
    if (meant.length < shares.filter(({ share }) => share !== 'none').length) partial.push(id);
    else if (meant.length > 0) covered.push(id);
  }
  return { aims: [...literal, ...aims], covered, partial };
}

/** Where a Service answers that the range itself does not take in, by its ports. */
function addressesBeyond(service: Service, range: Cidr, asked: readonly PortMatch[]) {
  const own = service.addresses.flatMap((text) => {
    const address = parseAddress(text);
    return address?.family === range.family ? [{ text, within: range.contains(address) }] : [];
  });
  return service.ports.flatMap((port) => {
    const addresses = own
      .filter(({ within }) => !(within && takes(asked, port.protocol, port.port)))
      .map(({ text }) => text);
    return addresses.length === 0 ? [] : [{ port, addresses }];
  });
}

/** How many of the ready endpoints behind a port are meant. */
function shareWithin(
  { metadata }: Service,
  port: ServicePort,
  range: Cidr,
  asked: readonly PortMatch[],
  world: PeerWorld,
): 'all' | 'some' | 'none' {
  let [within, beyond] = [false, false];
  for (const slice of world.endpointSlices(metadata.namespace, metadata.name)) {
    const target = targetPort(slice, port);
    if (target === undefined) continue;
    const isAsked = takes(asked, target.protocol, target.port);
    for (const { addresses } of slice.endpoints.filter(({ ready }) => ready)) {
      for (const text of addresses) {
        const address = parseAddress(text);
        if (address?.family !== range.family) continue;
        if (isAsked && range.contains(address)) within = true;
        else beyond = true;
      }
    }
  }
  if (!within) return 'none';
  return beyond ? 'some' : 'all';
}
