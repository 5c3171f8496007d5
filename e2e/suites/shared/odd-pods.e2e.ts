import { expect, test } from 'vitest';
import type { ChaosExperimentStatus } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { drawHandle } from '../../../src/domain/network/handle.ts';
import { condition } from '../../support/experiment.ts';
import { onNode } from '../../support/lab.ts';
import { APP_IMAGE, aPod, aPodTemplate, squallContainers } from '../../support/pod.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('odd-pods');

const labels = { app: 'odd' };

/** Runs a command in the pod's network namespace on the node, as somebody else's tool would. */
function inPod(pod: TestPod, command: string): Promise<string> {
  return onNode(`nsenter --net=/var/run/netns/${suite.watch.namespaceOf(pod.ip)} ${command}`);
}

function entryOf(
  status: ChaosExperimentStatus,
  pod: { readonly name: string; readonly uid: string },
) {
  return status.pods?.find(({ name, uid }) => name === pod.name && pod.uid.startsWith(uid));
}

test('each odd pod gets its own reason or is simply handled, and the others go on', {
  timeout: 300_000,
}, async () => {
  // Pods that cannot be hit at all.
  await suite.cluster.create(
    'Pod',
    suite.namespace,
    aPod('pending', { labels, spec: { nodeSelector: { no: 'node' } } }),
  );
  const onHost = {
    hostNetwork: true,
    containers: [{ name: 'app', image: APP_IMAGE, command: ['sleep', '3600'] }],
  };
  await suite.cluster.create('Pod', suite.namespace, aPod('on-host', { labels, spec: onHost }));
  await suite.cluster.create('StatefulSet', suite.namespace, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'set' },
    spec: {
      serviceName: 'set',
      replicas: 1,
      selector: { matchLabels: labels },
      template: aPodTemplate({ labels }),
    },
  });
  const [plain, deleted, tbf, clsact, debugged] = await suite.pods(
    ['plain', 'deleted', 'tbf', 'clsact', 'debugged'],
    { labels },
  );
  const recreated = await suite.pod('set-0');
  await inPod(
    tbf!,
    'tc qdisc add dev eth0 root handle 10: tbf rate 100mbit burst 32k latency 50ms',
  );
  await inPod(clsact!, 'tc qdisc add dev eth0 clsact');
  await addDebugContainer('debugged');
  const bystander = await suite.newPod('bystander');
  const before = await residues([plain!, tbf!, clsact!, debugged!]);

  const experiment = await suite.experiment('odd', {
    targets: { selector: { matchLabels: labels }, count: '100%' },
    duration: '12s',
  });
  await Promise.all([plain!, deleted!, debugged!, recreated].map((pod) => suite.awaitFault(pod)));
  await suite.cluster.remove('Pod', suite.namespace, 'deleted');
  await suite.cluster.remove('Pod', suite.namespace, 'set-0');
  const replacement = await suite.pod('set-0', ({ metadata }) => metadata.uid !== recreated.uid);

  const status = await experiment.ended();
  expect(status.phase).toBe('Completed');
  expect(entryOf(status, plain!)).toMatchObject({ state: 'Recovered', reason: 'Elapsed' });
  expect(entryOf(status, debugged!)).toMatchObject({ state: 'Recovered', reason: 'Elapsed' });
  expect(entryOf(status, deleted!)).toMatchObject({ state: 'Gone', reason: 'PodGone' });
  expect(entryOf(status, recreated)).toMatchObject({ state: 'Gone', reason: 'PodGone' });
  expect(entryOf(status, replacement)).toBeUndefined();
  expect(entryOf(status, tbf!)).toMatchObject({ state: 'Failed', reason: 'ForeignQdisc' });
  expect(entryOf(status, clsact!)).toMatchObject({ state: 'Failed', reason: 'ForeignQdisc' });
  expect(condition(status, 'Degraded')).toMatchObject({ status: 'True', reason: 'PodsFailed' });
  const rejected = new Map(
    status.plan?.rejected?.map(({ reason, examples }) => [reason, examples]),
  );
  expect(rejected.get('NotRunning')).toEqual([`${suite.namespace}/pending`]);
  expect(rejected.get('HostNetwork')).toEqual([`${suite.namespace}/on-host`]);
  expect(status.plan).toMatchObject({ matched: 8, eligible: 6, selected: 6 });

  expect(await residues([plain!, tbf!, clsact!, debugged!])).toEqual(before);
  const untouched = [tbf!, clsact!, replacement, bystander];
  expect(untouched.flatMap(({ ip }) => suite.watch.faults(ip))).toEqual([]);
  expect(await onNode('tc qdisc show dev eth0')).not.toMatch(/7[ab][0-9a-f]{2}:/);
  for (const name of ['pending', 'on-host', 'set-0', 'bystander'])
    expect(squallContainers(await suite.readPod(name))).toEqual([]);
});

test('of two experiments racing for one pod one wins, the other says AlreadyFaulted, and the fault is undisturbed', async () => {
  const pod = await suite.newPod('prize');
  const spec = { targets: { podNames: ['prize'] }, duration: '6s', lossPercentage: 20 };
  const racers = await Promise.all(
    ['racer-a', 'racer-b'].map((name) => suite.experiment(name, spec)),
  );
  const statuses = await Promise.all(racers.map((racer) => racer.ended()));
  const phases = new Set(statuses.map(({ phase }) => phase));
  expect(phases).toEqual(new Set(['Completed', 'Failed']));
  const loser = statuses.find(({ phase }) => phase === 'Failed')!;
  const winner = racers[statuses.findIndex(({ phase }) => phase === 'Completed')]!;
  expect(loser.plan?.rejected).toEqual([
    {
      reason: 'AlreadyFaulted',
      count: 1,
      examples: [`${suite.namespace}/prize (by ${suite.namespace}/${winner.name})`],
    },
  ]);
  const faults = suite.watch.faults(pod.ip);
  expect(faults.map(({ direction }) => direction).sort()).toEqual(['egress', 'ingress']);
  expect(new Set(faults.map(({ handle }) => handle)).size).toBe(1);
  for (const { from, to } of faults) expect(to! - from).toBeGreaterThan(5_750);
});

test("an agent that finds another run's fault refuses, and leaves it as it is", async () => {
  const pod = await suite.newPod('taken');
  const spec = { targets: { podNames: ['taken'] }, duration: '5s' };
  const experiment = await suite.experiment('taken', { ...spec, dryRun: true });
  await experiment.phase('Planned');
  // Any handle of the reserved range but the one that this run will draw.
  const own = drawHandle((await experiment.read()).metadata.uid, 1, new Set()).id;
  const root = own === '00' ? '7a01:' : '7a00:';
  await inPod(pod, `tc qdisc add dev eth0 root handle ${root} prio`);
  await experiment.change({ dryRun: false });
  const status = await experiment.ended();
  expect(status.phase).toBe('Failed');
  expect(status.pods?.[0]).toMatchObject({ state: 'Failed', reason: 'AlreadyFaulted' });
  expect(await inPod(pod, 'tc qdisc show dev eth0')).toContain(`qdisc prio ${root} root`);
});

function residues(pods: readonly TestPod[]): Promise<string[]> {
  return Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
}

/** What `kubectl debug POD --image=...` does. */
async function addDebugContainer(name: string): Promise<void> {
  const container = {
    name: 'debugger-abcde',
    image: APP_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    command: ['sleep', '3600'],
  };
  await suite.cluster.client.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/${suite.namespace}/pods/${name}/ephemeralcontainers`,
    contentType: 'application/strategic-merge-patch+json',
    body: { spec: { ephemeralContainers: [container] } },
  });
}
