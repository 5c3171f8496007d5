import { describe, expect, it } from 'vitest';
import type { Peer } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPod } from '../targets/pod.builder.ts';
import { resolvePeers } from './resolve.ts';
import { aPeerWorld, aService, aSlice } from './world.builder.ts';

interface Row {
  readonly peers?: readonly Peer[];
  readonly exceptPeers?: readonly Peer[];
  readonly lines: readonly string[];
  readonly unresolved?: Readonly<Record<string, string>>;
}

const db = { selector: { matchLabels: { app: 'db' } } };
const labels = { app: 'db' };
const pods = [
  aPod({ name: 'db-0', labels, ips: ['10.0.0.7', 'fd00::7'] }),
  aPod({ name: 'db-1', labels, ips: ['10.0.0.8'], terminating: true }),
  aPod({ name: 'db-2', labels, ips: [] }),
  aPod({ name: 'db-3', labels, ips: ['10.0.0.9'], phase: 'Succeeded' }),
  aPod({ name: 'db-4', labels, ips: ['10.0.2.15'], hostNetwork: true }),
  aPod({ name: 'web', ips: ['10.0.0.10'] }),
  aPod({ name: 'cni', labels: { app: 'cni' }, ips: ['10.0.2.15'], hostNetwork: true }),
  aPod({ name: 'db-0', namespace: 'bank', labels, ips: ['10.0.1.7'] }),
];

const rows: Readonly<Record<string, Row>> = {
  'nobody of nobody': { lines: [] },
  'pods that run and have an address, of both families, in the own namespace': {
    peers: [{ pods: db }],
    lines: ['hit ip any - - 10.0.0.7 10.0.0.8', 'hit ipv6 any - - fd00::7'],
  },
  'pods of other namespaces': {
    peers: [{ pods: { ...db, namespaces: ['bank'] } }],
    lines: ['hit ip any - - 10.0.1.7'],
  },
  "a port of pods, those on their node's network too": {
    peers: [{ pods: db, ports: [{ port: 5432, protocol: 'TCP' }] }],
    lines: ['hit ip tcp 5432 - 10.0.0.7 10.0.0.8 10.0.2.15', 'hit ipv6 tcp 5432 - fd00::7'],
  },
  "exceptions, those on their node's network too": {
    exceptPeers: [{ pods: db }],
    lines: ['pass ip any - - 10.0.0.7 10.0.0.8 10.0.2.15', 'pass ipv6 any - - fd00::7'],
  },
  "no pods that have their nodes' addresses only": {
    peers: [{ pods: { selector: { matchLabels: { app: 'cni' } } } }],
    lines: [],
    unresolved: {
      'spec.peers[0].pods':
        'the pods in shop with app=cni have no addresses but those of their nodes: takes them with ports only',
    },
  },
  'nobody by labels that no pod has': {
    peers: [
      { pods: { ...db, namespaces: ['bank', 'mill'], selector: { matchLabels: { a: 'b' } } } },
    ],
    lines: [],
    unresolved: {
      'spec.peers[0].pods': 'no pod runs in bank, mill with a=b: takes labels of pods that run',
    },
  },
  'names, ports of everybody, and the node': {
    peers: [
      { host: 'DB.example.com', ports: [{ port: 5432, protocol: 'TCP' }] },
      { ports: [{ port: 443, protocol: 'TCP' }] },
      { localPorts: [{ port: 8080 }] },
      { ports: [{ protocol: 'ICMP' }] },
    ],
    exceptPeers: [{ kubelet: true }],
    lines: [
      'hit any icmp - - -',
      'hit any l4 - 8080 -',
      'hit any tcp 443 - -',
      'hit host tcp 5432 - db.example.com',
      'pass gateway any - - -',
    ],
  },
  'not the node': {
    peers: [{ kubelet: true }],
    lines: [],
    unresolved: { 'spec.peers[0].kubelet': 'is for exceptPeers only' },
  },
  'nobody by an empty peer': {
    exceptPeers: [{}],
    lines: [],
    unresolved: {
      'spec.exceptPeers[0]': 'names nobody: needs cidr, host, service, pods, ports or localPorts',
    },
  },
  'nobody by what is no range': {
    peers: [{ cidr: '10.0.0.0/8' }, { cidr: '10.0.0.256' }],
    lines: ['hit ip any - - 10.0.0.0/8'],
    unresolved: {
      'spec.peers[1].cidr':
        '"10.0.0.256" is no range of addresses: takes one such as 10.32.0.0/16, fd00::/8 or 10.0.0.7',
    },
  },
  'nobody by an exception that is not there': {
    peers: [{ cidr: '10.0.0.0/8' }],
    exceptPeers: [{ cidr: '10.0.0.1' }, { service: { name: 'db' } }],
    lines: ['hit ip any - - 10.0.0.0/8', 'pass ip any - - 10.0.0.1'],
    unresolved: {
      'spec.exceptPeers[1].service':
        'Service shop/db cannot be seen: takes the name of a Service that is there',
    },
  },
};

for (const peer of [{ cidr: '10.0.0.1' }, { host: 'a' }, { pods: db }, {}]) {
  Object.assign(rows, {
    [`no packet that is of two protocols at once: ${Object.keys(peer).join()}`]: {
      peers: [
        { ...peer, ports: [{ port: 1, protocol: 'TCP' }], localPorts: [{ protocol: 'UDP' }] },
      ],
      lines: [],
      unresolved: {
        'spec.peers[0].localPorts':
          'have no protocol in common with ports, so that no packet is meant: takes the same protocols as ports',
      },
    },
  });
}

describe('resolvePeers means', () => {
  it.each(Object.entries(rows))('%s', (_name, { peers, exceptPeers, lines, unresolved = {} }) => {
    const world = aPeerWorld({ pods });
    const found = resolvePeers({ namespace: 'shop', peers, exceptPeers, world });
    expect(found.lines).toEqual(lines);
    expect(Object.fromEntries(found.unresolved.map((one) => [one.field, one.message]))).toEqual(
      unresolved,
    );
    expect(found.tooMany).toBeUndefined();
  });
});

describe('thousands of addresses', () => {
  const endpoints = (n: number) =>
    Array.from({ length: n }, (_, i) => `10.128.${Math.floor(i / 250)}.${i % 250}`);
  const resolve = (n: number) =>
    resolvePeers({
      namespace: 'shop',
      peers: [{ service: { name: 'db' } }],
      world: aPeerWorld({
        services: [aService()],
        slices: [aSlice({ endpoints: endpoints(n) })],
      }),
    });

  it('5,000 are taken', () => {
    const found = resolve(5_000);
    expect(found).toMatchObject({ addresses: 5_001, unresolved: [] });
    expect(found.tooMany).toBeUndefined();
  });

  it('more than 100 KB of them are too many, and about how many would pass is said', () => {
    const { tooMany, addresses, lines } = resolve(9_000);
    expect(addresses).toBe(9_001);
    const bytes = lines.join('\n').length + 1;
    const [, most] = /about (\d+) such addresses/.exec(tooMany?.message ?? '') ?? [];
    expect(tooMany).toEqual({
      field: 'spec.peers',
      message: `with exceptPeers come to 9001 addresses (${bytes} bytes): at most 100000 bytes, about ${most} such addresses; a cidr counts as one`,
    });
    expect(resolve(Number(most)).tooMany).toBeUndefined();
  });
});
