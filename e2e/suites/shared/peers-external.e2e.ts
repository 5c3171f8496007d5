import { beforeAll, expect, test } from 'vitest';
import { condition } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { run } from '../../support/lab.ts';
import { expectLosses, lossOf, refusalOf } from '../../support/losses.ts';
import {
  aSlice,
  awaitAnswer,
  newService,
  SERVICE_PORTS,
  type ServiceAddresses,
} from '../../support/service.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('peers-external');

/** Another site's addresses, out of the cluster, all on the lab's host; the range is that of the RFC. */
const RANGE = '10.32.0.0/16';
const INSIDE = '10.32.0.10';
const OUTSIDE = '10.33.0.10';

let pod: TestPod;
let neighbour: TestPod;
let external: ServiceAddresses;
let mixed: ServiceAddresses;

/** The suites run in the lab's network namespace; all that leaves the node comes here. */
async function ip(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await run('ip', args);
  if (exitCode !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

beforeAll(async () => {
  const pods = suite.pods(['pod', 'neighbour']);
  for (const address of [INSIDE, OUTSIDE]) {
    await ip('address', 'replace', `${address}/32`, 'dev', 'lo');
    suite.atEnd(() => ip('address', 'del', `${address}/32`, 'dev', 'lo'));
  }
  external = await newService(suite, 'external', {});
  mixed = await newService(suite, 'mixed', {});
  const slices = { external: [INSIDE], mixed: [INSIDE, OUTSIDE] };
  for (const [service, addresses] of Object.entries(slices)) {
    await suite.cluster.create('EndpointSlice', suite.namespace, aSlice(service, addresses));
  }
  [pod, neighbour] = (await pods) as [TestPod, TestPod];
  for (const { ip: address } of [external, mixed]) {
    await awaitAnswer(suite, suite.endpoint(neighbour), `${address}:${SERVICE_PORTS.tcp}`);
  }
});

const lost = (from: TestPod, address: string, port: number) =>
  lossOf(suite.endpoint(from), suite.host, { address, port });
const refused = (from: TestPod, target: string) => refusalOf(suite.endpoint(from), target);

/** Everything that two Services and their endpoints are reached by, from a pod. */
const looks = (from: TestPod) => ({
  insideDirect: lost(from, INSIDE, 7000),
  insideConnection: refused(from, `${INSIDE}:7001`),
  service: lost(from, external.ip, SERVICE_PORTS.udp),
  serviceByName: refused(from, `external:${SERVICE_PORTS.tcp}`),
  outsideDirect: lost(from, OUTSIDE, 7000),
  outsideConnection: refused(from, `${OUTSIDE}:7001`),
});

const nothingLost = (from: TestPod) =>
  expectLosses(
    Object.fromEntries(Object.entries(looks(from)).map(([name, look]) => [name, [look, 0]])),
  );

test('a range of another site is lost, directly and through the name of the Service that leads there', async () => {
  await nothingLost(pod);
  const spec = {
    lossPercentage: 100,
    peers: [{ cidr: RANGE }],
    safety: { allowHighLoss: true },
  };
  const status = await whileHeld(suite, pod, 'range', spec, async (running) => {
    const { insideDirect, insideConnection, service, serviceByName, ...outside } = looks(pod);
    await expectLosses({
      insideDirect: [insideDirect, 100],
      insideConnection: [insideConnection, 100],
      service: [service, 100],
      serviceByName: [serviceByName, 100],
      outsideDirect: [outside.outsideDirect, 0],
      outsideConnection: [outside.outsideConnection, 0],
      // Its address would be hit for the half that is outside as well.
      mixed: [lost(pod, mixed.ip, SERVICE_PORTS.udp), 0],
      mixedConnections: [refused(pod, `mixed:${SERVICE_PORTS.tcp}`), 0],
      neighbour: [lossOf(suite.endpoint(pod), suite.endpoint(neighbour)), 0],
    });
    await nothingLost(neighbour);
    const degraded = condition(running, 'Degraded');
    expect(degraded).toMatchObject({ status: 'True', reason: 'PartialService' });
    expect(degraded?.message).toContain(`${suite.namespace}/mixed`);
    expect(degraded?.message).not.toContain(`${suite.namespace}/external`);
  });
  expect(status.run?.peers?.join('\n')).toContain(external.ip);
  await nothingLost(pod);
});

test('with services: any, a Service is lost as soon as some of its endpoints are in the range', async () => {
  const spec = {
    lossPercentage: 100,
    direction: 'egress' as const,
    peers: [{ cidr: RANGE, services: 'any' as const }],
    safety: { allowHighLoss: true },
  };
  await whileHeld(suite, pod, 'any', spec, async (running) => {
    await expectLosses({
      mixed: [lost(pod, mixed.ip, SERVICE_PORTS.udp), 100],
      inside: [lost(pod, INSIDE, 7000), 100],
      outside: [lost(pod, OUTSIDE, 7000), 0],
    });
    expect(condition(running, 'Degraded')?.reason).toBe('AsPlanned');
  });
});
