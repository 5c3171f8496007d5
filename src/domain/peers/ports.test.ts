import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerPort } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { combine, commonProtocol, type Match, portMatches, takes } from './ports.ts';

const range = (first: number, last = first) => ({ first, last });

describe('combine', () => {
  it.each<[string, PeerPort[] | undefined, PeerPort[] | undefined, readonly Match[]]>([
    ['no limit is all traffic', undefined, undefined, [{ protocol: 'any' }]],
    [
      'a port is one of each protocol',
      [{ port: 53 }],
      undefined,
      [{ protocol: 'l4', peer: range(53) }],
    ],
    [
      'a range of one protocol',
      [{ port: 7000, endPort: 7010, protocol: 'SCTP' }],
      undefined,
      [{ protocol: 'sctp', peer: range(7000, 7010) }],
    ],
    ['a protocol as a whole', [{ protocol: 'TCP' }], undefined, [{ protocol: 'tcp' }]],
    ['ICMP', [{ protocol: 'ICMP' }], undefined, [{ protocol: 'icmp' }]],
    [
      'a local port',
      undefined,
      [{ port: 80, protocol: 'TCP' }],
      [{ protocol: 'tcp', local: range(80) }],
    ],
    [
      'both sides, each pair whose protocols agree',
      [{ port: 80, protocol: 'TCP' }, { port: 53 }, { protocol: 'ICMP' }],
      [{ port: 1, protocol: 'UDP' }, { port: 2 }],
      [
        { protocol: 'tcp', peer: range(80), local: range(2) },
        { protocol: 'udp', peer: range(53), local: range(1) },
        { protocol: 'l4', peer: range(53), local: range(2) },
      ],
    ],
    ['sides that have nothing in common', [{ protocol: 'ICMP' }], [{ port: 80 }], []],
  ])('%s', (_name, ports, localPorts, matches) => {
    expect(combine(portMatches(ports), portMatches(localPorts))).toEqual(matches);
  });
});

describe('takes', () => {
  it.each<[string, PeerPort[] | undefined, 'tcp' | 'udp', number | undefined, boolean]>([
    ['any port where there is no limit', undefined, 'tcp', 80, true],
    ['the first of a range', [{ port: 80, endPort: 90 }], 'tcp', 80, true],
    ['the last of a range', [{ port: 80, endPort: 90 }], 'udp', 90, true],
    ['not the one before', [{ port: 80, endPort: 90 }], 'tcp', 79, false],
    ['not the one behind', [{ port: 80, endPort: 90 }], 'tcp', 91, false],
    ['not another protocol', [{ port: 80, protocol: 'UDP' }], 'tcp', 80, false],
    ['every port of a protocol', [{ protocol: 'UDP' }], 'udp', undefined, true],
    ['not all ports where one is named', [{ port: 80 }], 'tcp', undefined, false],
    ['no port of ICMP', [{ protocol: 'ICMP' }], 'tcp', 80, false],
  ])('%s', (_name, ports, protocol, port, expected) => {
    expect(takes(portMatches(ports), protocol, port)).toBe(expected);
  });
});

it('what two kinds of traffic have in common does not depend on their order, and is of both', () => {
  const kinds = fc.constantFrom('any', 'l4', 'tcp', 'udp', 'sctp', 'icmp' as const);
  fc.assert(
    fc.property(kinds, kinds, (a, b) => {
      const both = commonProtocol(a, b);
      expect(commonProtocol(b, a)).toBe(both);
      if (both === undefined) return;
      expect(commonProtocol(both, a)).toBe(both);
      expect(commonProtocol(both, b)).toBe(both);
    }),
  );
});
