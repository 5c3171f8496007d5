import type { PeerPort, Protocol } from '../../api/v1alpha1/chaos-experiment.generated.ts';

/** As rules name protocols; l4 is every one that has ports: tcp, udp and sctp. */
export type RuleProtocol = 'any' | 'l4' | 'tcp' | 'udp' | 'sctp' | 'icmp';

/** From the first to the last port, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Traffic of one side: a protocol, and the side's ports where these are limited. */
export interface PortMatch {
  readonly protocol: RuleProtocol;
  readonly range?: PortRange;
}

/** Traffic between two sides. */
export interface Match {
  readonly protocol: RuleProtocol;
  readonly peer?: PortRange;
  readonly local?: PortRange;
}

const EVERYTHING: readonly PortMatch[] = [{ protocol: 'any' }];

const PROTOCOLS: Readonly<Record<Protocol, RuleProtocol>> = {
  TCP: 'tcp',
  UDP: 'udp',
  SCTP: 'sctp',
  ICMP: 'icmp',
};

/** The traffic that a list of ports means; all of it where there is no list. A port without a protocol is one of each. */
export function portMatches(ports: readonly PeerPort[] | undefined): readonly PortMatch[] {
  return (
    ports?.map(({ port, endPort, protocol }) => ({
      protocol: protocol === undefined ? 'l4' : PROTOCOLS[protocol],
      ...(port !== undefined && { range: { first: port, last: endPort ?? port } }),
    })) ?? EVERYTHING
  );
}

/** Traffic that is of both kinds; undefined where no packet can be. */
export function commonProtocol(a: RuleProtocol, b: RuleProtocol): RuleProtocol | undefined {
  if (a === b || b === 'any') return a;
  if (a === 'any') return b;
  if (a === 'l4' && b !== 'icmp') return b;
  if (b === 'l4' && a !== 'icmp') return a;
  return undefined;
}

/** Each pair of a peer's and a local kind that a packet can satisfy together. */
export function combine(peer: readonly PortMatch[], local: readonly PortMatch[]): readonly Match[] {
  return peer.flatMap((theirs) =>
    local.flatMap((own) => {
      const protocol = commonProtocol(theirs.protocol, own.protocol);
      if (protocol === undefined) return [];
      return [
        {
          protocol,
          ...(theirs.range && { peer: theirs.range }),
          ...(own.range && { local: own.range }),
        },
      ];
    }),
  );
}

/** Whether one of these takes all traffic of a protocol at a port; without a port, at all ports. */
export function takes(
  matches: readonly PortMatch[],
  protocol: RuleProtocol,
  port: number | undefined,
): boolean {
  return matches.some(
    (match) =>
      commonProtocol(match.protocol, protocol) === protocol &&
      (match.range === undefined ||
        (port !== undefined && match.range.first <= port && port <= match.range.last)),
  );
}
