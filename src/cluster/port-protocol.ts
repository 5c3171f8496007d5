import type { PortProtocol } from '../domain/peers/service.ts';

const PROTOCOLS: Readonly<Record<string, PortProtocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };

/** A port's protocol, TCP where none is said; undefined for one that is not known here. */
export function portProtocol(name: string | undefined): PortProtocol | undefined {
  return name === undefined ? 'tcp' : PROTOCOLS[name];
}
