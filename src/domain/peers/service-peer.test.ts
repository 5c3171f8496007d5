import { describe, expect, it } from 'vitest';
import type { Peer } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { resolvePeers } from './resolve.ts';
import type { Service } from './service.ts';
import { aPeerWorld, aService, aSlice } from './world.builder.ts';

const http = { name: 'http', port: 80, protocol: 'tcp' as const };
const metrics = { name: 'metrics', port: 9090, protocol: 'tcp' as const };
const dns = { name: 'dns', port: 80, protocol: 'udp' as const };
const web = (ports: Service['ports'] = [http, metrics]) =>
  aService({ name: 'web', addresses: ['10.96.0.9'], ports });
const webSlice = (endpoints = ['10.0.0.8', '10.0.0.9']) =>
  aSlice({
    service: 'web',
    endpoints,
    ports: [
      { ...http, port: 8080 },
      { ...metrics, port: 9100 },
    ],
  });

const theWeb = { services: [web()], slices: [webSlice()] };

interface Row {
  readonly peer: Peer;
  readonly world?: Parameters<typeof aPeerWorld>[0];
  readonly lines: readonly string[];
  readonly unresolved?: Readonly<Record<string, string>>;
}

const rows: Readonly<Record<string, Row>> = {
  'its own address at its port, its endpoints at theirs': {
    peer: {},
    lines: ['hit ip tcp 15432 - 10.0.0.7', 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'both families, external addresses and those of load balancers': {
    peer: {},
    world: {
      services: [aService({ addresses: ['10.96.0.5', 'fd00:96::5', '192.0.2.1'] })],
      slices: [aSlice(), aSlice({ name: 'db-6', endpoints: ['fd00::7'] })],
    },
    lines: [
      'hit ip tcp 15432 - 10.0.0.7',
      'hit ip tcp 5432 - 10.96.0.5 192.0.2.1',
      'hit ipv6 tcp 15432 - fd00::7',
      'hit ipv6 tcp 5432 - fd00:96::5',
    ],
  },
  'endpoints that are not ready too': {
    peer: {},
    world: {
      services: [aService()],
      slices: [aSlice({ endpoints: ['10.0.0.7', { addresses: ['10.0.0.8'], ready: false }] })],
    },
    lines: ['hit ip tcp 15432 - 10.0.0.7 10.0.0.8', 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'a named target port that differs between pods': {
    peer: {},
    world: {
      services: [aService()],
      slices: [
        aSlice(),
        aSlice({
          name: 'db-2',
          endpoints: ['10.0.0.8'],
          ports: [{ name: '', port: 6000, protocol: 'tcp' }],
        }),
      ],
    },
    lines: [
      'hit ip tcp 15432 - 10.0.0.7',
      'hit ip tcp 5432 - 10.96.0.5',
      'hit ip tcp 6000 - 10.0.0.8',
    ],
  },
  'slices written by hand, for a Service without selector': {
    peer: {},
    world: {
      services: [
        {
          metadata: { namespace: 'shop', name: 'db', resourceVersion: '1' },
          addresses: ['10.96.0.5'],
          ports: [{ name: 'pg', port: 5432, protocol: 'tcp' }],
        },
      ],
      slices: [
        aSlice({
          endpoints: ['10.32.0.1', '10.32.0.2'],
          ports: [{ name: 'pg', port: 5432, protocol: 'tcp' }],
        }),
      ],
    },
    lines: ['hit ip tcp 5432 - 10.32.0.1 10.32.0.2 10.96.0.5'],
  },
  'all ports of endpoints that name none': {
    peer: {},
    world: {
      services: [aService()],
      slices: [aSlice({ ports: [{ name: '', protocol: 'tcp' }] })],
    },
    lines: ['hit ip tcp - - 10.0.0.7', 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'the endpoints alone where it is headless': {
    peer: {},
    world: { services: [aService({ addresses: [] })], slices: [aSlice()] },
    lines: ['hit ip tcp 15432 - 10.0.0.7'],
  },
  'all traffic with the endpoints of one that is headless and has no ports': {
    peer: {},
    world: { services: [aService({ addresses: [], ports: [] })], slices: [aSlice({ ports: [] })] },
    lines: ['hit ip any - - 10.0.0.7'],
  },
  'the ports asked for, of one that is headless and has none': {
    peer: { ports: [{ port: 5432 }] },
    world: { services: [aService({ addresses: [], ports: [] })], slices: [aSlice({ ports: [] })] },
    lines: ['hit ip l4 5432 - 10.0.0.7'],
  },
  'the name that an ExternalName stands for': {
    peer: {},
    world: {
      services: [aService({ addresses: [], ports: [], externalName: 'DB.example.com' })],
    },
    lines: ['hit host any - - db.example.com'],
  },
  'the name that an ExternalName stands for, at its ports': {
    peer: {},
    world: { services: [aService({ addresses: [], externalName: 'db.example.com' })] },
    lines: ['hit host tcp 5432 - db.example.com'],
  },
  'one of its ports, by number': {
    peer: { service: { name: 'web', port: 80 } },
    world: theWeb,
    lines: ['hit ip tcp 80 - 10.96.0.9', 'hit ip tcp 8080 - 10.0.0.8 10.0.0.9'],
  },
  'one of its ports, by name': {
    peer: { service: { name: 'web', port: 'metrics' } },
    world: theWeb,
    lines: ['hit ip tcp 9090 - 10.96.0.9', 'hit ip tcp 9100 - 10.0.0.8 10.0.0.9'],
  },
  'one of its ports, by a number that is text': {
    peer: { service: { name: 'web', port: '80' } },
    world: theWeb,
    lines: ['hit ip tcp 80 - 10.96.0.9', 'hit ip tcp 8080 - 10.0.0.8 10.0.0.9'],
  },
  'one number of two protocols': {
    peer: { service: { name: 'web', port: 80 } },
    world: {
      services: [web([http, dns])],
      slices: [aSlice({ service: 'web', endpoints: ['10.0.0.8'], ports: [http, dns] })],
    },
    lines: ['hit ip tcp 80 - 10.0.0.8 10.96.0.9', 'hit ip udp 80 - 10.0.0.8 10.96.0.9'],
  },
  'the port that ports have, in both forms': {
    peer: { service: { name: 'web' }, ports: [{ port: 80, protocol: 'TCP' }] },
    world: theWeb,
    lines: ['hit ip tcp 80 - 10.96.0.9', 'hit ip tcp 8080 - 10.0.0.8 10.0.0.9'],
  },
  'the port whose endpoints have a port in ports, in both forms': {
    peer: { service: { name: 'web' }, ports: [{ port: 9100, endPort: 9200 }] },
    world: theWeb,
    lines: ['hit ip tcp 9090 - 10.96.0.9', 'hit ip tcp 9100 - 10.0.0.8 10.0.0.9'],
  },
  'the ports of a protocol': {
    peer: { service: { name: 'web' }, ports: [{ protocol: 'UDP' }] },
    world: {
      services: [web([http, dns])],
      slices: [aSlice({ service: 'web', endpoints: ['10.0.0.8'], ports: [http, dns] })],
    },
    lines: ['hit ip udp 80 - 10.0.0.8 10.96.0.9'],
  },
  'traffic from a local port': {
    peer: { localPorts: [{ port: 1000, endPort: 2000 }] },
    lines: ['hit ip tcp 15432 1000-2000 10.0.0.7', 'hit ip tcp 5432 1000-2000 10.96.0.5'],
  },
  'one of another namespace': {
    peer: { service: { name: 'db', namespace: 'bank' } },
    world: {
      services: [aService({ namespace: 'bank', addresses: ['10.96.0.6'] }), aService()],
      slices: [aSlice({ namespace: 'bank', endpoints: ['10.0.0.9'] }), aSlice()],
    },
    lines: ['hit ip tcp 15432 - 10.0.0.9', 'hit ip tcp 5432 - 10.96.0.6'],
  },
  'nobody where there is no such Service': {
    peer: { service: { name: 'db', namespace: 'bank' } },
    lines: [],
    unresolved: {
      'spec.peers[0].service':
        'Service bank/db cannot be seen: takes the name of a Service that is there',
    },
  },
  'one without endpoints only by its own address, which is not all of it': {
    peer: {},
    world: { services: [aService()], slices: [aSlice({ endpoints: [] })] },
    lines: ['hit ip tcp 5432 - 10.96.0.5'],
    unresolved: {
      'spec.peers[0].service':
        'Service shop/db has no endpoints at the ports that are meant: takes a Service with at least one, ready or not',
    },
  },
  'one whose endpoints do not have the port only by its own address': {
    peer: { service: { name: 'web', port: 'metrics' } },
    world: {
      services: [web()],
      slices: [aSlice({ service: 'web', ports: [{ ...http, port: 8080 }] })],
    },
    lines: ['hit ip tcp 9090 - 10.96.0.9'],
    unresolved: {
      'spec.peers[0].service':
        'Service shop/web has no endpoints at the ports that are meant: takes a Service with at least one, ready or not',
    },
  },
  'nobody at a port that it does not have': {
    peer: { service: { name: 'web', port: 81 } },
    world: theWeb,
    lines: [],
    unresolved: {
      'spec.peers[0].service.port':
        'Service shop/web has no port 81: takes http (80/TCP), metrics (9090/TCP)',
    },
  },
  'nobody at a port of one that has none': {
    peer: { service: { name: 'db', port: 81 } },
    world: { services: [aService({ addresses: [], ports: [] })], slices: [aSlice()] },
    lines: [],
    unresolved: {
      'spec.peers[0].service.port': 'Service shop/db has no port 81: takes no port, as it has none',
    },
  },
  'nobody at ports that neither it nor its endpoints have': {
    peer: { service: { name: 'web' }, ports: [{ port: 81 }, { port: 80, protocol: 'UDP' }] },
    world: theWeb,
    lines: [],
    unresolved: {
      'spec.peers[0].ports':
        'none of them is a port of Service shop/web or of its endpoints: takes http (80/TCP), metrics (9090/TCP)',
    },
  },
  'nobody from local ports of another protocol': {
    peer: { localPorts: [{ protocol: 'UDP' }] },
    lines: [],
    unresolved: {
      'spec.peers[0].localPorts':
        "their protocols are none of Service shop/db's ports: takes the protocol of 5432/TCP",
    },
  },
};

describe('a Service as a peer means', () => {
  it.each(Object.entries(rows))('%s', (_name, row) => {
    const { services = [aService()], slices = [aSlice()] } = row.world ?? {};
    const found = resolvePeers({
      namespace: 'shop',
      peers: [{ service: { name: 'db' }, ...row.peer }],
      world: aPeerWorld({ services, slices }),
    });
    expect(found.lines).toEqual(row.lines);
    const unresolved = found.unresolved.map(({ field, message }) => [field, message]);
    expect(Object.fromEntries(unresolved)).toEqual(row.unresolved ?? {});
    expect(found.partial).toEqual([]);
  });

  it('both forms in an exception too', () => {
    const world = aPeerWorld({ services: [aService()], slices: [aSlice()] });
    const exceptPeers = [{ service: { name: 'db' } }];
    expect(resolvePeers({ namespace: 'shop', exceptPeers, world }).lines).toEqual([
      'pass ip tcp 15432 - 10.0.0.7',
      'pass ip tcp 5432 - 10.96.0.5',
    ]);
  });
});
