import { beforeAll, expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import { pathOf } from '../../support/cluster.ts';
import type { SpecParts } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { expectLosses, lossOf } from '../../support/losses.ts';
import { aPodTemplate, isReady } from '../../support/pod.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';
import type { FlowOptions } from '../../support/traffic.ts';

const suite = useSuite('peers-kubelet');

/** Of each kind, so many probes must come while everything else is lost. */
const PROBES = 15;

/** For what the kubelet does about a pod in seconds, on an emulated node that others use too. */
const PROBED_MS = 120_000;
const TEST_MS = 360_000;

const PATHS = { liveness: '/', readiness: '/index.html' } as const;

/** As long as PROBES periods at least. */
const LONG: FlowOptions = { packets: 2_000, rate: 100 };

let other: TestPod;
let aside: TestPod;

beforeAll(async () => {
  [other, aside] = (await suite.pods(['other', 'aside'])) as [TestPod, TestPod];
});

const lost = (from: TestPod, to: TestPod, options?: FlowOptions) =>
  lossOf(suite.endpoint(from), suite.endpoint(to), options);

/** A pod with a web server beside the traffic program, probed by the kubelet every second. */
function probed(name: string): Promise<TestPod> {
  const probe = (path: string, failureThreshold: number) => ({
    httpGet: { path, port: 8081 },
    periodSeconds: 1,
    // So that a probe is late on no busy node: what it waits for arrives, or never does.
    timeoutSeconds: 15,
    failureThreshold,
  });
  const { containers } = aPodTemplate().spec;
  const web = {
    ...containers[0],
    name: 'web',
    command: ['httpd', '-f', '-vv', '-p', '8081', '-h', '/www'],
    // The others begin once the server answers, and then none of them may fail.
    startupProbe: probe(PATHS.liveness, 60),
    livenessProbe: probe(PATHS.liveness, 1),
    readinessProbe: probe(PATHS.readiness, 1),
  };
  return suite.newPod(name, { spec: { containers: [...containers, web] } });
}

/** The same, once probes of both kinds have come and nothing is lost with it; and its health as it is then. */
async function probedAndWell(name: string) {
  const pod = await probed(name);
  await moreProbes(pod, await requests(pod), 3);
  await expectLosses({ from: [lost(pod, other), 0], to: [lost(other, pod), 0] });
  const before = await health(pod);
  expect(before).toMatchObject({ ready: true, restarts: 0 });
  return { pod, before };
}

/** The requests that the web server has noted since it was started, and who sent them. */
async function requests({ name }: TestPod) {
  const lines = suite.cluster.client.stream({
    path: `${pathOf('Pod', suite.namespace, name)}/log`,
    query: { container: 'web' },
    timeoutMs: 30_000,
    idleMs: 30_000,
    maxLineLength: 1_000,
    overlong: 'cut',
  });
  const paths: string[] = [];
  const senders = new Set<string>();
  for await (const line of lines) {
    const [, sender, path] = /^\[(.+)\]:\d+: url:(\S+)$/.exec(line) ?? [];
    if (sender === undefined || path === undefined) continue;
    paths.push(path);
    senders.add(sender);
  }
  const count = (wanted: string) => paths.filter((path) => path === wanted).length;
  return { liveness: count(PATHS.liveness), readiness: count(PATHS.readiness), senders };
}

/** Waits until so many probes of each kind have come since. */
async function moreProbes(pod: TestPod, since: { liveness: number; readiness: number }, n: number) {
  const probe = async () => {
    const now = await requests(pod);
    return now.liveness - since.liveness >= n && now.readiness - since.readiness >= n && now;
  };
  return awaitCondition(`${n} more probes of each kind`, probe, {
    withinMs: PROBED_MS,
    everyMs: 500,
    describe: () => suite.describe(),
  });
}

/** What the API server says of the pod's probes. */
async function health({ name }: TestPod) {
  const pod = await suite.readPod(name);
  const events = await suite.cluster.list<ProbeEvent>('Event', suite.namespace);
  const statuses = pod.status.containerStatuses ?? [];
  return {
    ready: isReady(pod),
    readySince: pod.status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime,
    restarts: statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    unhealthy: events
      .filter(({ regarding, reason }) => regarding?.name === name && reason === 'Unhealthy')
      .reduce((sum, { deprecatedCount = 1 }) => sum + deprecatedCount, 0),
  };
}

interface ProbeEvent {
  readonly reason: string;
  readonly regarding?: { readonly name: string };
  /** How often the kubelet has said the same. */
  readonly deprecatedCount?: number;
}

const cutOff = {
  action: 'pod-network-partition',
  safety: { allowHighLoss: true },
} as const satisfies Partial<SpecParts>;

test.concurrent(
  'probed by the kubelet, a pod that loses everything is unready, restarted, and ready again afterwards',
  async () => {
    const { pod, before } = await probedAndWell('cut');
    await whileHeld(suite, pod, 'cut', cutOff, async () => {
      await awaitCondition(
        'the pod is unready, and restarted',
        async () => {
          const { ready, restarts, unhealthy } = await health(pod);
          return !ready && restarts > 0 && unhealthy > before.unhealthy;
        },
        { withinMs: PROBED_MS, describe: () => suite.describe() },
      );
      await expectLosses({
        from: [lost(pod, other), 100],
        to: [lost(other, pod), 100],
        aside: [lost(other, aside), 0],
      });
      // Nobody reaches the server that was started since.
      const { senders } = await requests(pod);
      expect([...senders]).toEqual([]);
    });
    await awaitCondition('the pod is ready again', async () => (await health(pod)).ready, {
      withinMs: PROBED_MS,
      describe: () => suite.describe(),
    });
    await moreProbes(pod, await requests(pod), 3);
    await expectLosses({ from: [lost(pod, other), 0], to: [lost(other, pod), 0] });
  },
  TEST_MS,
);

test.concurrent(
  'with the kubelet excepted it stays ready, while everything with everybody else is lost',
  async () => {
    const { pod, before } = await probedAndWell('spared');
    const spec = { ...cutOff, exceptPeers: [{ kubelet: true }] };
    await whileHeld(suite, pod, 'spared', spec, async () => {
      const since = await requests(pod);
      await expectLosses({
        from: [lost(pod, other, LONG), 100],
        to: [lost(other, pod, LONG), 100],
        aside: [lost(other, aside, LONG), 0],
      });
      const now = await moreProbes(pod, since, PROBES);
      await expectLosses({
        from: [lost(pod, other), 100],
        to: [lost(other, pod), 100],
        from6: [lost(pod, other, { family: 6 }), 100],
        to6: [lost(other, pod, { family: 6 }), 100],
      });
      expect(await health(pod)).toEqual(before);
      console.log(
        `while everything else was lost: ${now.readiness - since.readiness} readiness and ` +
          `${now.liveness - since.liveness} liveness probes, all from ${[...now.senders].join(', ')}`,
      );
      // The kubelet probes a pod at its first address, which is of IPv4 here.
      for (const sender of now.senders) expect(sender).toMatch(/^::ffff:/);
    });
    expect(await health(pod)).toEqual(before);
    await expectLosses({ from: [lost(pod, other), 0], to: [lost(other, pod), 0] });
  },
  TEST_MS,
);
