import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Peer } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import type { Endpoint } from './endpoint-slice.ts';
import { resolvePeers } from './resolve.ts';
import { aPeerWorld, aService, aSlice } from './world.builder.ts';

const range = { cidr: '10.32.0.0/16' };
const LITERAL = 'hit ip any - - 10.32.0.0/16';
const unready = (address: string): Endpoint => ({ addresses: [address], ready: false });

interface Row {
  readonly peers?: readonly Peer[];
  readonly world?: Parameters<typeof aPeerWorld>[0];
  readonly lines: readonly string[];
  readonly partial?: readonly string[];
}

const withEndpoints = (...endpoints: readonly (string | Endpoint)[]) => ({
  services: [aService()],
  slices: [aSlice({ endpoints })],
});

const rows: Readonly<Record<string, Row>> = {
  'the range itself': { lines: [LITERAL] },
  'a Service whose endpoints all lie in it, by its own addresses at its own ports': {
    world: {
      services: [aService({ addresses: ['10.96.0.5', '192.0.2.1'] })],
      slices: [aSlice({ endpoints: ['10.32.0.1', '10.32.0.2'] })],
    },
    lines: [LITERAL, 'hit ip tcp 5432 - 10.96.0.5 192.0.2.1'],
  },
  'one without selector, whose slices are written by hand': {
    world: {
      services: [
        {
          metadata: { namespace: 'shop', name: 'db', resourceVersion: '1' },
          addresses: ['10.96.0.5'],
          ports: [{ name: '', port: 80, protocol: 'tcp' }],
        },
      ],
      slices: [
        aSlice({ name: 'by-hand', endpoints: ['10.32.0.1'] }),
        aSlice({ name: 'by-hand-2', endpoints: ['10.32.0.2'] }),
      ],
    },
    lines: [LITERAL, 'hit ip tcp 80 - 10.96.0.5'],
  },
  'no Service that is mixed, but its name': {
    world: withEndpoints('10.32.0.1', '172.25.0.1'),
    lines: [LITERAL],
    partial: ['shop/db'],
  },
  'no Service that is mixed over two slices': {
    world: {
      services: [aService()],
      slices: [
        aSlice({ endpoints: ['10.32.0.1'] }),
        aSlice({ name: 'db-2', endpoints: ['172.25.0.1'] }),
      ],
    },
    lines: [LITERAL],
    partial: ['shop/db'],
  },
  'a Service that is mixed, where any will do': {
    peers: [{ ...range, services: 'any' }],
    world: withEndpoints('10.32.0.1', '172.25.0.1'),
    lines: [LITERAL, 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'no Service without an endpoint in it, although any would do': {
    peers: [{ ...range, services: 'any' }],
    world: withEndpoints('172.25.0.1'),
    lines: [LITERAL],
  },
  'no Service without endpoints': { world: withEndpoints(), lines: [LITERAL] },
  'no Service none of whose endpoints is ready': {
    world: withEndpoints(unready('10.32.0.1')),
    lines: [LITERAL],
  },
  'a Service whose endpoints elsewhere are not ready': {
    world: withEndpoints('10.32.0.1', unready('172.25.0.1')),
    lines: [LITERAL, 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'no headless Service, which has no addresses, mixed or not': {
    world: {
      services: [aService({ addresses: [] })],
      slices: [aSlice({ endpoints: ['10.32.0.1', '172.25.0.1'] })],
    },
    lines: [LITERAL],
  },
  'of a Service of both families the addresses of one': {
    world: {
      services: [aService({ addresses: ['10.96.0.5', 'fd00:96::5'] })],
      slices: [
        aSlice({ endpoints: ['10.32.0.1'] }),
        aSlice({ name: 'db-6', endpoints: ['fd00::1'] }),
      ],
    },
    lines: [LITERAL, 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'the range alone where it takes in the addresses of Services': {
    peers: [{ cidr: '0.0.0.0/0' }],
    world: withEndpoints('10.32.0.1', '172.25.0.1'),
    lines: ['hit ip any - - 0.0.0.0/0'],
  },
  'one address': {
    peers: [{ cidr: '10.32.0.1/32' }],
    world: withEndpoints('10.32.0.1'),
    lines: ['hit ip any - - 10.32.0.1', 'hit ip tcp 5432 - 10.96.0.5'],
  },
  IPv6: {
    peers: [{ cidr: 'FD00:32::/32' }],
    world: {
      services: [aService({ addresses: ['fd00:96::5'] })],
      slices: [aSlice({ endpoints: ['fd00:32::1'] })],
    },
    lines: ['hit ipv6 any - - fd00:32::/32', 'hit ipv6 tcp 5432 - fd00:96::5'],
  },
  'a Service whose endpoints have the port': {
    peers: [{ ...range, ports: [{ port: 15432, protocol: 'TCP' }] }],
    world: withEndpoints('10.32.0.1'),
    lines: ['hit ip tcp 15432 - 10.32.0.0/16', 'hit ip tcp 5432 - 10.96.0.5'],
  },
  'no Service that has the port itself, but not its endpoints': {
    peers: [{ ...range, ports: [{ port: 5432 }] }],
    world: withEndpoints('10.32.0.1'),
    lines: ['hit ip l4 5432 - 10.32.0.0/16'],
  },
  'no Service by ICMP': {
    peers: [{ ...range, ports: [{ protocol: 'ICMP' }] }],
    world: withEndpoints('10.32.0.1'),
    lines: ['hit ip icmp - - 10.32.0.0/16'],
  },
  'of two ports the one that leads into it, where endpoints of the other lie elsewhere': {
    world: {
      services: [
        aService({
          ports: [
            { name: 'a', port: 1, protocol: 'tcp' },
            { name: 'b', port: 2, protocol: 'udp' },
          ],
        }),
      ],
      slices: [
        aSlice({ endpoints: ['10.32.0.1'], ports: [{ name: 'a', port: 11, protocol: 'tcp' }] }),
        aSlice({
          name: 'db-2',
          endpoints: ['172.25.0.1'],
          ports: [{ name: 'b', port: 12, protocol: 'udp' }],
        }),
      ],
    },
    lines: [LITERAL, 'hit ip tcp 1 - 10.96.0.5'],
  },
  'of two ports the one that leads into it, and the name of the Service whose other is mixed': {
    world: {
      services: [
        aService({
          ports: [
            { name: 'a', port: 1, protocol: 'tcp' },
            { name: 'b', port: 2, protocol: 'udp' },
          ],
        }),
      ],
      slices: [
        aSlice({
          endpoints: ['10.32.0.1'],
          ports: [
            { name: 'a', port: 11, protocol: 'tcp' },
            { name: 'b', port: 12, protocol: 'udp' },
          ],
        }),
        aSlice({
          name: 'db-2',
          endpoints: ['172.25.0.1'],
          ports: [{ name: 'b', port: 12, protocol: 'udp' }],
        }),
      ],
    },
    lines: [LITERAL, 'hit ip tcp 1 - 10.96.0.5'],
    partial: ['shop/db'],
  },
  'a Service from local ports of its protocol': {
    peers: [{ ...range, localPorts: [{ port: 1000 }] }],
    world: withEndpoints('10.32.0.1'),
    lines: ['hit ip l4 - 1000 10.32.0.0/16', 'hit ip tcp 5432 1000 10.96.0.5'],
  },
  'a mixed Service that is a peer of its own, which leaves nothing out': {
    peers: [range, { service: { name: 'db', namespace: 'shop' } }],
    world: withEndpoints('10.32.0.1', '172.25.0.1'),
    lines: [LITERAL, 'hit ip tcp 15432 - 10.32.0.1 172.25.0.1', 'hit ip tcp 5432 - 10.96.0.5'],
  },
};

describe('a range as a peer means', () => {
  it.each(Object.entries(rows))('%s', (_name, { peers = [range], world, lines, partial = [] }) => {
    const found = resolvePeers({ namespace: 'web', peers, world: aPeerWorld(world) });
    expect(found).toMatchObject({ lines, partial, unresolved: [] });
  });

  it('a mixed Service as a whole in an exception, which hits nobody more by that', () => {
    const found = resolvePeers({
      namespace: 'web',
      exceptPeers: [range],
      world: aPeerWorld(withEndpoints('10.32.0.1', '172.25.0.1')),
    });
    expect(found).toMatchObject({
      lines: ['pass ip any - - 10.32.0.0/16', 'pass ip tcp 5432 - 10.96.0.5'],
      partial: [],
      unresolved: [],
    });
  });

  it('never a Service that leads anywhere else, and each that leads into it alone', () => {
    const endpoint = fc.record({
      addresses: fc.constantFrom('10.32.0.1', '10.32.9.9', '172.25.0.1').map((one) => [one]),
      ready: fc.boolean(),
    });
    const slices = fc.array(fc.array(endpoint, { maxLength: 4 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(slices, { maxLength: 4 }), (ofServices) => {
        const world = aPeerWorld({
          services: ofServices.map((_, i) =>
            aService({ name: `s-${i}`, addresses: [`10.96.0.${i}`] }),
          ),
          slices: ofServices.flatMap((ofService, i) =>
            ofService.map((endpoints, n) =>
              aSlice({ service: `s-${i}`, name: `s-${i}-${n}`, endpoints }),
            ),
          ),
        });
        const { lines, partial } = resolvePeers({ namespace: 'web', peers: [range], world });
        for (const [i, ofService] of ofServices.entries()) {
          const ready = ofService.flat().filter((one) => one.ready);
          const within = ready.filter(({ addresses: [one] }) => one?.startsWith('10.32.'));
          const words = lines.flatMap((line) => line.split(' '));
          const all = ready.length > 0 && within.length === ready.length;
          expect(words.includes(`10.96.0.${i}`)).toBe(all);
          expect(partial.includes(`shop/s-${i}`)).toBe(within.length > 0 && !all);
        }
      }),
    );
  });
});
