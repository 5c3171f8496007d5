import { beforeAll, describe, expect, test } from 'vitest';
import type { Peer } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { condition } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { onNode } from '../../support/lab.ts';
import { expectLosses, type Looks, lossOf, refusalOf, unansweredOf } from '../../support/losses.ts';
import { PodPool } from '../../support/pod-pool.ts';
import {
  awaitAnswer,
  newService,
  SERVICE_PORTS,
  type ServiceAddresses,
} from '../../support/service.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import type { FlowOptions } from '../../support/traffic.ts';

const suite = useSuite('peers');

/** The faults are in pods of this pool, which talk with those three; each of the three is behind a Service of its name. */
const consumers = new PodPool(suite, 'a', 1);
let b: TestPod;
let c: TestPod;
let d: TestPod;
let serviceB: ServiceAddresses;
let serviceC: ServiceAddresses;

beforeAll(async () => {
  const pods = ['b', 'c', 'd'].map((name) => suite.newPod(name, { labels: { app: name } }));
  serviceB = await newService(suite, 'b', { app: 'b' });
  serviceC = await newService(suite, 'c', { app: 'c' });
  await newService(suite, 'headless', { app: 'b', headless: true });
  await newService(suite, 'nobody', { app: 'nobody' });
  [b, c, d] = (await Promise.all(pods)) as [TestPod, TestPod, TestPod];
  for (const { ip, ip6 } of [serviceB, serviceC]) {
    await awaitAnswer(suite, suite.endpoint(d), `${ip}:${SERVICE_PORTS.tcp}`);
    await awaitAnswer(suite, suite.endpoint(d), `[${ip6}]:${SERVICE_PORTS.tcp}`);
  }
});

/** The share of packets lost on the way from one pod to another, in percent. */
const lost = (from: TestPod, to: TestPod, options?: FlowOptions) =>
  lossOf(suite.endpoint(from), suite.endpoint(to), options);

/** The share of connections that cannot be opened from the pod. */
const refused = (pod: TestPod, target: string) => refusalOf(suite.endpoint(pod), target);

/** The share of pings that get no answer, in percent. */
const unanswered = (from: TestPod, to: TestPod, { family = 4 }: FlowOptions = {}) =>
  unansweredOf(suite.endpoint(from), family === 4 ? to.ip : to.ip6);

/** Neighbours are asked anew for their link-layer addresses. What is on its way to them meanwhile may be lost. */
const forgetNeighbours = (pod: TestPod) =>
  onNode(`ip -n ${suite.watch.namespaceOf(pod.ip)} neigh flush dev eth0`);

const six = { family: 6 } as const;
const sctp = { protocol: 'SCTP' } as const;
const sctp6 = { ...sctp, ...six };
const podsB = { pods: { selector: { matchLabels: { app: 'b' } } } };
const via = ({ ip }: ServiceAddresses, port: number = SERVICE_PORTS.udp) => ({ address: ip, port });

/** Traffic of A, each with the percentage lost while everything with the peers is. */
interface Case {
  readonly name: string;
  readonly it: string;
  readonly parts: () => { peers: Peer[]; exceptPeers?: Peer[] };
  readonly looks: (a: TestPod) => Looks;
  /** The end of what status says of the plan. */
  readonly said?: string;
  /** While the fault is held, A finds its neighbours anew, before it is looked at. */
  readonly afresh?: true;
}

const cases: readonly Case[] = [
  {
    name: 'service',
    it: 'by the name of its Service: at the ClusterIPs and directly, where the Service leads to',
    parts: () => ({ peers: [{ service: { name: 'b' } }] }),
    looks: (a) => ({
      clusterIp: [lost(a, b, via(serviceB)), 100],
      clusterIp6: [lost(a, b, { ...six, address: serviceB.ip6!, port: SERVICE_PORTS.udp }), 100],
      connection: [refused(a, `${serviceB.ip}:${SERVICE_PORTS.tcp}`), 100],
      direct: [lost(a, b), 100],
      direct6: [lost(a, b, six), 100],
      otherPort: [refused(a, `${b.ip}:8080`), 0],
      fromOtherPort: [lost(b, a, { from: 6_999 }), 0],
      c: [lost(a, c), 0],
      serviceC: [lost(a, c, via(serviceC)), 0],
      fromD: [lost(d, a), 0],
    }),
  },
  {
    name: 'one-port',
    it: 'at one port of its Service of two',
    parts: () => ({ peers: [{ service: { name: 'b', port: 'second' } }] }),
    looks: (a) => ({
      second: [lost(a, b, via(serviceB, SERVICE_PORTS.second)), 100],
      secondDirect: [lost(a, b, { port: 7002 }), 100],
      first: [lost(a, b, via(serviceB)), 0],
      firstDirect: [lost(a, b), 0],
    }),
  },
  {
    name: 'cidr',
    it: 'by address and protocol: other protocols, the other family and other addresses pass',
    said: 'the peers have addresses of IPv4 only: nothing else is hit',
    parts: () => ({ peers: [{ cidr: `${b.ip}/32`, ports: [{ protocol: 'UDP' }] }] }),
    looks: (a) => ({
      udp: [lost(a, b), 100],
      udpBack: [lost(b, a), 100],
      // All ready endpoints of the Service are in the range.
      clusterIp: [lost(a, b, via(serviceB)), 100],
      tcp: [refused(a, `${b.ip}:7001`), 0],
      tcpClusterIp: [refused(a, `${serviceB.ip}:${SERVICE_PORTS.tcp}`), 0],
      sctp: [lost(a, b, sctp), 0],
      pings: [unanswered(a, b), 0],
      udp6: [lost(a, b, six), 0],
      udp6Back: [lost(b, a, six), 0],
      c: [lost(a, c), 0],
    }),
  },
  {
    name: 'icmp',
    it: 'by protocol ICMP: pings of both families, but no neighbour discovery and no other protocol',
    afresh: true,
    parts: () => ({ peers: [{ ...podsB, ports: [{ protocol: 'ICMP' }] }] }),
    looks: (a) => ({
      pings: [unanswered(a, b), 100],
      pings6: [unanswered(a, b, six), 100],
      pingsBack: [unanswered(b, a), 100],
      pingsBack6: [unanswered(b, a, six), 100],
      udp: [lost(a, b), 0],
      udp6: [lost(a, b, six), 0],
      tcp: [refused(a, `${b.ip}:7001`), 0],
      tcp6: [refused(a, `[${b.ip6}]:7001`), 0],
      sctp: [lost(a, b, sctp), 0],
      sctp6: [lost(a, b, sctp6), 0],
      pingsC: [unanswered(a, c), 0],
      pingsC6: [unanswered(a, c, six), 0],
    }),
  },
  {
    name: 'sctp',
    it: 'by protocol SCTP at one port: the other port and other protocols pass',
    parts: () => ({ peers: [{ ...podsB, ports: [{ port: 7000, protocol: 'SCTP' }] }] }),
    looks: (a) => ({
      sctp: [lost(a, b, sctp), 100],
      sctp6: [lost(a, b, sctp6), 100],
      sctpBack: [lost(b, a, { ...sctp, from: 7000 }), 100],
      sctpBack6: [lost(b, a, { ...sctp6, from: 7000 }), 100],
      otherPort: [lost(a, b, { ...sctp, port: 7002 }), 0],
      otherPort6: [lost(a, b, { ...sctp6, port: 7002 }), 0],
      fromOtherPort: [lost(b, a, { ...sctp, from: 7002 }), 0],
      udp: [lost(a, b), 0],
      udp6: [lost(a, b, six), 0],
      tcp: [refused(a, `${b.ip}:7001`), 0],
      tcp6: [refused(a, `[${b.ip6}]:7001`), 0],
      pings: [unanswered(a, b), 0],
      pings6: [unanswered(a, b, six), 0],
      sctpC: [lost(a, c, sctp), 0],
      sctpC6: [lost(a, c, sctp6), 0],
    }),
  },
  {
    name: 'except-icmp',
    it: 'with everything but pings, which are the exception',
    parts: () => ({ peers: [podsB], exceptPeers: [{ ports: [{ protocol: 'ICMP' }] }] }),
    looks: (a) => ({
      pings: [unanswered(a, b), 0],
      pings6: [unanswered(a, b, six), 0],
      pingsBack: [unanswered(b, a), 0],
      pingsBack6: [unanswered(b, a, six), 0],
      udp: [lost(a, b), 100],
      udp6: [lost(a, b, six), 100],
      udpBack: [lost(b, a), 100],
      tcp: [refused(a, `${b.ip}:7001`), 100],
      tcp6: [refused(a, `[${b.ip6}]:7001`), 100],
      sctp: [lost(a, b, sctp), 100],
      sctp6: [lost(a, b, sctp6), 100],
      sctpBack: [lost(b, a, sctp), 100],
      c: [lost(a, c), 0],
      c6: [lost(a, c, six), 0],
      sctpC: [lost(a, c, sctp), 0],
      pingsC: [unanswered(a, c), 0],
    }),
  },
  {
    name: 'local',
    it: 'by local ports: of A, whoever the peer is, and of one peer only',
    parts: () => ({
      peers: [
        { localPorts: [{ port: 7002, protocol: 'UDP' }] },
        { ...podsB, localPorts: [{ port: 9_100, endPort: 9_109, protocol: 'UDP' }] },
      ],
    }),
    looks: (a) => ({
      served: [lost(d, a, { port: 7002 }), 100],
      servedElsewhere: [lost(d, a), 0],
      inRange: [lost(a, b, { from: 9_109 }), 100],
      pastRange: [lost(a, b, { from: 9_110 }), 0],
      otherPeer: [lost(a, c, { from: 9_105 }), 0],
    }),
  },
  {
    name: 'host',
    it: 'by host name: whatever addresses the name has in the pod',
    parts: () => ({
      peers: [{ host: 'headless' }, { host: `c.${suite.namespace}.svc.cluster.local` }],
    }),
    looks: (a) => ({
      b: [lost(a, b), 100],
      b6: [lost(a, b, six), 100],
      // Only a name that stands for the Service itself stands for its address.
      clusterIpB: [lost(a, b, via(serviceB)), 0],
      c: [lost(a, c), 0],
      clusterIpC: [lost(a, c, via(serviceC)), 100],
      d: [lost(a, d), 0],
      // Names are resolved as before.
      named: [refused(a, `b.${suite.namespace}.svc.cluster.local:${SERVICE_PORTS.tcp}`), 0],
    }),
  },
  {
    name: 'except',
    it: 'and to D, and everybody else but for the exception C',
    parts: () => ({
      peers: [{ cidr: '10.244.1.0/24' }, { cidr: 'fd00:244:1::/64' }],
      exceptPeers: [{ service: { name: 'c' } }],
    }),
    looks: (a) => ({
      b: [lost(a, b), 100],
      d6: [lost(a, d, six), 100],
      clusterIpB: [lost(a, b, via(serviceB)), 100],
      c: [lost(a, c), 0],
      c6: [lost(a, c, six), 0],
      clusterIpC: [lost(a, c, via(serviceC)), 0],
    }),
  },
];

/** The same looks while there is no fault. */
const unharmed = (looks: Looks): Looks =>
  Object.fromEntries(Object.entries(looks).map(([name, [look]]) => [name, [look, 0]]));

describe('A to B only', () => {
  test.concurrent.each(cases.map((one) => [one.it, one] as const))(
    '%s',
    (_it, { name, parts, looks, said = 'matched pods', afresh }) =>
      consumers.lend(async ([a]) => {
        if (a === undefined) throw new Error('no pod was lent');
        const nothingIsLost = () =>
          expectLosses({
            ...unharmed(looks(a)),
            toB: [lost(a, b), 0],
            fromB: [lost(b, a), 0],
            toB6: [lost(a, b, six), 0],
            clusterIp: [lost(a, b, via(serviceB)), 0],
          });
        const spec = { ...parts(), lossPercentage: 100, safety: { allowHighLoss: true } };
        await nothingIsLost();
        await whileHeld(suite, a, name, spec, async (running) => {
          expect(condition(running, 'Accepted')?.message).toMatch(new RegExp(`${said}$`));
          if (afresh) await forgetNeighbours(a);
          await expectLosses(looks(a));
        });
        await nothingIsLost();
      }),
  );
});

describe('a peer that is nobody hits nobody, and status says which', () => {
  test.concurrent.each([
    [
      'a Service without endpoints',
      {
        name: 'no-endpoints',
        parts: { peers: [{ service: { name: 'nobody' } }] },
        reason: 'PeersUnresolved',
        says: /spec\.peers\[0\]\.service.*nobody/,
      },
    ],
    [
      'a host that does not resolve',
      {
        name: 'no-host',
        parts: { peers: [{ host: 'missing.invalid' }, { service: { name: 'b' } }] },
        reason: 'PeersUnresolved',
        says: /missing\.invalid/,
      },
    ],
    [
      'an exception that does not resolve',
      {
        name: 'no-exception',
        parts: { peers: [{ service: { name: 'b' } }], exceptPeers: [{ host: 'missing.invalid' }] },
        reason: 'ExceptionUnresolved',
        says: /missing\.invalid/,
      },
    ],
  ])('%s', (_it, { name, parts, reason, says }) =>
    consumers.lend(async ([a]) => {
      if (a === undefined) throw new Error('no pod was lent');
      const before = suite.watch.faults(a.ip).length;
      const experiment = await suite.experiment(name, {
        targets: { podNames: [a.name] },
        duration: '1m',
        lossPercentage: 20,
        ...parts,
      });
      const status = await experiment.ended();
      expect(status.phase).toBe('Failed');
      const said = [
        { reason: condition(status, 'Accepted')?.reason, message: status.message },
        ...(status.pods ?? []),
      ];
      const why = said.find((one) => one.reason === reason);
      expect(why?.message, JSON.stringify(said)).toMatch(says);
      expect(suite.watch.faults(a.ip)).toHaveLength(before);
      await expectLosses({ b: [lost(a, b), 0] });
    }),
  );
});
