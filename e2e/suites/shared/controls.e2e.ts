import { beforeAll, expect, test } from 'vitest';
import type { ChaosExperimentStatus } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { controllerRules, type Rule } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { pathOf } from '../../support/cluster.ts';
import { anExperiment, condition, SHARD_LABEL, type SpecParts } from '../../support/experiment.ts';
import { rewriteImages } from '../../support/mutating-webhook.ts';
import {
  APP_IMAGE,
  agentContainers,
  aPod,
  isReady,
  type Pod,
  squallContainers,
} from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';
import { User } from '../../support/user.ts';

/** A controller with the installed one's account, so that it is confined as that is. */
const suite = useSuite('controls', { ownController: true });

beforeAll(async () => {
  await (await suite.controller()).ready();
}, 120_000);

/** An experiment with annotations from its first moment on, as a restored one has. */
async function annotated(name: string, annotations: object, spec: SpecParts) {
  const manifest = anExperiment(name, spec);
  await suite.cluster.create('ChaosExperiment', suite.namespace, {
    ...manifest,
    metadata: { name, annotations, labels: { [SHARD_LABEL]: suite.namespace } },
  });
  return suite.existing(name);
}

test('a finished experiment goes when its ttlSecondsAfterFinished is over', async () => {
  await suite.newPod('mortal');
  const experiment = await suite.experiment('mortal', {
    targets: { podNames: ['mortal'] },
    duration: '1s',
    ttlSecondsAfterFinished: 5,
  });
  const { endTime } = await experiment.phase('Completed');
  const late = (await experiment.gone(20_000)) - Date.parse(endTime!) - 5_000;
  console.log(`ttlSecondsAfterFinished: gone ${late} ms after its time`);
  // endTime may be of whole seconds.
  expect(late).toBeGreaterThan(-1_000);
  expect(late).toBeLessThan(5_000);
});

test('another attempt is planned anew, and takes no proof from the one before', async () => {
  const labels = { app: 'again' };
  const old = await suite.newPod('again-0', { labels });
  const before = await suite.watch.residue(old.ip);
  const experiment = await suite.experiment('again', {
    targets: { selector: { matchLabels: labels }, count: '100%' },
    duration: '2s',
  });
  const first = await experiment.phase('Completed');
  expect(first).toMatchObject({ attempt: 1, run: { container: expect.stringMatching(/-1$/) } });
  expect(suite.watch.faults(old.ip)).toHaveLength(2);

  const added = await suite.newPod('again-1', { labels });
  await experiment.annotate({ 'squall.dev/rerun': 'with the new pod' });
  const second = await experiment.until(
    'the second attempt is over',
    ({ attempt, phase }) => attempt === 2 && phase === 'Completed',
  );
  expect(second.run?.container).toBe(first.run!.container.replace(/-1$/, '-2'));
  expect(second).toMatchObject({
    rerun: 'with the new pod',
    plan: { matched: 2, selected: 2 },
    summary: { pods: '2/2', injected: 2, recovered: 2 },
  });
  expect(Date.parse(second.startTime!)).toBeGreaterThanOrEqual(Date.parse(first.endTime!));
  // Each attempt has had a fault of its own, in each direction, for its whole duration.
  expect([old, added].map(({ ip }) => suite.watch.faults(ip).length)).toEqual([4, 2]);
  for (const { from, to } of suite.watch.faults(old.ip).slice(2))
    expect(to! - from).toBeGreaterThan(1_500);
  expect(agentContainers(await suite.readPod('again-0')).sort()).toEqual([
    first.run!.container,
    second.run!.container,
  ]);
  expect(agentContainers(await suite.readPod('again-1'))).toEqual([second.run!.container]);
  expect(await suite.watch.residue(old.ip)).toBe(before);

  await expectNoRerunByOthers();
});

/** Who may change the experiment, yet not inject, cannot have it run again; all else they may annotate. */
async function expectNoRerunByOthers(): Promise<void> {
  const change: Rule = {
    apiGroups: ['squall.dev'],
    resources: ['chaosexperiments'],
    verbs: ['get', 'patch'],
  };
  const name = `${suite.namespace}-reader`;
  const user = await new User(suite.cluster, name).may(suite.namespace, [change]);
  const annotate = (annotation: string) =>
    user.kubectl(['-n', suite.namespace, 'annotate', '--overwrite', 'cx', 'again', annotation]);
  const refused = await annotate('squall.dev/rerun=by somebody else');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toContain("'squall-requester'");
  expect(refused.stderr).toContain(
    `user ${name} may not patch pods/ephemeralcontainers in namespace ${suite.namespace}`,
  );
  expect((await annotate('example.com/note=seen')).exitCode).toBe(0);
  const { metadata, status } = await suite.existing('again').read();
  expect(metadata.annotations?.['squall.dev/rerun']).toBe('with the new pod');
  expect(status?.attempt).toBe(2);
}

test('a copy of an experiment that was run, as a backup restores it, is refused', async () => {
  const pod = await suite.newPod('restored');
  const targets = { podNames: ['restored'] };
  const original = await suite.experiment('original', { targets, duration: '1s' });
  await original.phase('Completed');
  const { annotations = {} } = (await original.read()).metadata;
  const copy = await annotated('copy', annotations, { targets, duration: '1s' });
  const status = await copy.ended();
  expect(status.phase).toBe('Failed');
  expect(condition(status, 'Accepted')).toMatchObject({ status: 'False', reason: 'Restored' });
  expect(status.message).toContain((await original.read()).metadata.uid);
  expect(suite.watch.faults(pod.ip)).toHaveLength(2);
});

test('an experiment that waited for a controller longer than its startingDeadline does not run', async () => {
  const shard = `${suite.namespace}-later`;
  const pod = await suite.newPod('late');
  const experiment = await suite.experiment(
    'late',
    { targets: { podNames: ['late'] }, duration: '1s', startingDeadline: '1s' },
    shard,
  );
  await awaitCondition(
    'its time is over',
    // A creation time is of whole seconds.
    () => Date.now() > experiment.createdMs + 2_100,
    { withinMs: 3_000 },
  );
  await (await suite.controller({ shard })).ready();
  const status = await experiment.ended();
  expect(status.phase).toBe('Failed');
  expect(condition(status, 'Accepted')?.reason).toBe('StartingDeadlineExceeded');
  expect(status.message).toContain('spec.startingDeadline 1s');
  expect(suite.watch.faults(pod.ip)).toEqual([]);
});

/** What of a pod's entry tells that it was refused, and why. */
function refusal(status: ChaosExperimentStatus) {
  expect(status.phase).toBe('Failed');
  const { state, reason, message = '' } = status.pods?.[0] ?? {};
  expect(state).toBe('Failed');
  return { reason, message };
}

/** As Pod Security wants it at its strictest. */
const restricted = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'app',
      image: APP_IMAGE,
      imagePullPolicy: 'IfNotPresent',
      command: ['traffic', 'serve'],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
};

test.each(['baseline', 'restricted'])(
  'in a namespace with Pod Security %s nothing is injected, and the cause is told',
  async (level) => {
    const { cluster } = suite;
    const where = `${suite.namespace}-${level}`;
    await cluster.create('Namespace', '', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: where,
        labels: { 'squall.dev/e2e': 'true', 'pod-security.kubernetes.io/enforce': level },
      },
    });
    suite.atEnd(() => cluster.remove('Namespace', '', where));
    const spec = level === 'restricted' ? restricted : {};
    await cluster.create('Pod', where, aPod('secured', { spec }));
    const read = () => cluster.read<Pod>('Pod', where, 'secured');
    await awaitCondition('pod secured is ready', async () => isReady(await read()), {
      withinMs: 120_000,
      describe: async () => JSON.stringify((await read()).status),
    });
    const experiment = await suite.experiment(`secured-${level}`, {
      targets: { podNames: ['secured'], namespaces: [where] },
      duration: '2s',
    });
    const { reason, message } = refusal(await experiment.ended());
    expect(reason).toBe('PolicyDenied');
    expect(message).toContain(`violates PodSecurity "${level}:latest"`);
    expect(message).toContain('NET_ADMIN');
    expect(squallContainers(await read())).toEqual([]);
  },
);

test('a webhook that changes our container is found before anything is added', async () => {
  const { cluster, namespace } = suite;
  const shard = `${namespace}-free`;
  const kubeconfig = await suite.account('free', await controllerRules(cluster));
  await (await suite.controller({ kubeconfig, shard })).ready();
  await suite.pods(['mutated', 'confined', 'probe']);
  const image = 'mirror.example.com/squall/injector:dev';
  const end = await rewriteImages(cluster, namespace, image);
  try {
    await awaitCondition('images are rewritten', () => imageOfProbe(image), { withinMs: 60_000 });
    const run = (name: string, of: string) =>
      suite.experiment(name, { targets: { podNames: [name] }, duration: '2s' }, of);
    const [mutated, confined] = await Promise.all([
      run('mutated', shard),
      run('confined', namespace),
    ]);
    expect(refusal(await mutated.ended())).toEqual({
      reason: 'Mutated',
      message: `image would become ${image}`,
    });
    // The installed controller's account may not even add what others have changed.
    const denied = refusal(await confined.ended());
    expect(denied.reason).toBe('Mutated');
    expect(denied.message).toContain("'squall-confine'");
    expect(denied.message).toContain(`image is ${image} and must be`);
    for (const name of ['mutated', 'confined'])
      expect(squallContainers(await suite.readPod(name))).toEqual([]);
  } finally {
    await end();
  }
});

/** Whether the API server would change a container as that webhook does; nothing is added. */
async function imageOfProbe(image: string): Promise<boolean> {
  const path = `${pathOf('Pod', suite.namespace, 'probe')}/ephemeralcontainers`;
  const container = { name: 'squall-probe', image: 'squall.local/none:1' };
  const request = {
    method: 'PATCH',
    path,
    query: { dryRun: 'All' },
    contentType: 'application/strategic-merge-patch+json',
    body: { spec: { ephemeralContainers: [container] } },
  } as const;
  try {
    const { spec } = await suite.cluster.client.request<Pod>(request);
    return spec.ephemeralContainers?.[0]?.image === image;
  } catch (error) {
    if (error instanceof KubeError && error.code === 'Unavailable') return false;
    throw error;
  }
}
