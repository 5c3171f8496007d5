import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { SafetyPolicySpec } from '../../../src/api/v1alpha1/safety-policy.generated.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { clientOf, kubeconfigOf } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { pathOf } from '../../support/cluster.ts';
import type { ControllerProcess } from '../../support/controller-process.ts';
import { condition } from '../../support/experiment.ts';
import { kubectl } from '../../support/lab.ts';
import { aPod, isReady, type Pod, squallContainers } from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';

/** Its experiments are none of the installed controller's, which acts on all namespaces. */
const suite = useSuite('namespaced', { ownController: true });
const other = () => `${suite.namespace}-other`;

const BASE = fileURLToPath(new URL('../../../config/namespaced', import.meta.url));
const DEPLOYMENT = 'deployment/squall-controller';
/** The file is read again every 10 s. */
const READ_AGAIN_MS = 20_000;

let folder: string;

async function ask(args: readonly string[], timeoutMs: number = 60_000): Promise<string> {
  const { exitCode, stdout, stderr } = await kubectl(args, { timeoutMs });
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Somebody who owns one namespace installs an overlay for it. */
beforeAll(async () => {
  const { cluster, namespace } = suite;
  const metadata = { name: other(), labels: { 'squall.dev/e2e': 'true' } };
  await cluster.create('Namespace', '', { apiVersion: 'v1', kind: 'Namespace', metadata });
  suite.atEnd(() => cluster.remove('Namespace', '', other()));
  folder = await mkdtemp(join(tmpdir(), 'squall-e2e-'));
  suite.atEnd(() => rm(folder, { recursive: true }));
  const overlay = { namespace, resources: [relative(folder, BASE)] };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
});

test('installed by kustomize it brings nothing into any other namespace, and its controller runs experiments', async () => {
  const { namespace } = suite;
  onTestFinished(async () => {
    const here = ['-n', namespace, 'delete', '--ignore-not-found', DEPLOYMENT];
    await ask([...here, '--cascade=foreground', '--timeout=60s'], 70_000);
  });
  const applied = (await ask(['apply', '-k', folder])).trim().split('\n').sort();
  expect(applied).toEqual([
    'configmap/squall-policy created',
    'deployment.apps/squall-controller created',
    'role.rbac.authorization.k8s.io/squall-controller created',
    'rolebinding.rbac.authorization.k8s.io/squall-controller created',
    'serviceaccount/squall-controller created',
  ]);
  await suite.pods(['installed-0', 'installed-1'], { labels: { app: 'installed' } });
  await ask(['-n', namespace, 'rollout', 'status', DEPLOYMENT, '--timeout=120s'], 130_000);
  const targets = { selector: { matchLabels: { app: 'installed' } } };
  const long = await suite.experiment('long', { targets, duration: '10m1s' });
  expect((await long.phase('Failed')).message).toContain(
    '10m1s is above maxDuration 10m (SafetyPolicy namespace)',
  );
  const run = await suite.experiment('installed', { targets, duration: '1s' });
  expect((await run.phase('Completed')).plan).toMatchObject({ matched: 2, selected: 1 });
  const all = await suite.experiment('all', { targets: { ...targets, count: 2 }, duration: '1s' });
  expect((await all.phase('Failed')).message).toContain(
    'maxPercentage 50 (SafetyPolicy namespace)',
  );
});

describe('with rights in one namespace and a file of policies', () => {
  let account: KubeClient;
  let controller: ControllerProcess;
  let policyFile: string;

  const write = (spec: SafetyPolicySpec) => {
    const head = { apiVersion: 'squall.dev/v1alpha1', kind: 'SafetyPolicy' };
    return writeFile(policyFile, JSON.stringify([{ ...head, metadata: { name: 'file' }, spec }]));
  };

  beforeAll(async () => {
    const { cluster, namespace } = suite;
    const identity = { namespace, name: 'squall-controller' };
    const { kubeconfig: admin } = inject('lab');
    account = await clientOf(cluster, identity, admin);
    suite.atEnd(() => account.close());
    policyFile = join(folder, 'policy.json');
    await write({ maxDuration: '20s' });
    const kubeconfig = await kubeconfigOf(cluster, identity, admin);
    const flags = ['--namespace', namespace, '--policy-file', policyFile];
    controller = await (await suite.controller({ kubeconfig, flags })).ready();
  });

  test('a run completes', async () => {
    const pod = await suite.newPod('run');
    const before = await suite.watch.residue(pod.ip);
    const experiment = await suite.experiment('run', {
      targets: { podNames: ['run'] },
      duration: '3s',
    });
    expect((await experiment.phase('Completed')).summary).toMatchObject({
      pods: '1/1',
      recovered: 1,
    });
    expect(suite.watch.faults(pod.ip)).toHaveLength(2);
    expect(await suite.watch.residue(pod.ip)).toBe(before);
    await suite.awaitEvents('run', ['Planned', 'Injected', 'Recovered']);
  });

  test('what the file does not allow is refused with the words of the rule', async () => {
    const experiment = await suite.experiment('too-long', {
      targets: { podNames: ['run'] },
      duration: '21s',
    });
    const status = await experiment.phase('Failed');
    expect(condition(status, 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'MaxDurationExceeded',
      message: 'spec.duration: 21s is above maxDuration 20s (SafetyPolicy file): at most 20s',
    });
  });

  test('other namespaces can be neither seen nor hit', async () => {
    const { cluster, namespace } = suite;
    const labels = { app: 'both' };
    await cluster.create('Pod', other(), aPod('both', { labels }));
    await suite.newPod('both', { labels });
    await awaitCondition(
      'the pod of the other namespace is ready',
      async () => isReady(await cluster.read<Pod>('Pod', other(), 'both')),
      { withinMs: 90_000 },
    );
    const selector = { matchLabels: labels };
    const near = await suite.experiment('near', {
      targets: { selector, count: '100%' },
      duration: '1s',
    });
    expect((await near.phase('Completed')).plan).toMatchObject({ matched: 1, selected: 1 });
    const far = await suite.experiment('far', {
      targets: { selector, namespaces: [namespace, other()], count: '100%' },
      duration: '1s',
    });
    const status = await far.phase('Failed');
    expect(condition(status, 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'CrossNamespace',
      message: expect.stringContaining(`only the experiment's own namespace ${namespace}`),
    });
    expect(status.plan).toMatchObject({ matched: 1 });
    const untouched = await cluster.read<Pod>('Pod', other(), 'both');
    expect(squallContainers(untouched)).toEqual([]);
  });

  const reads: readonly (readonly [string, () => string, string | undefined])[] = [
    ['its namespace', () => pathOf('Namespace', '', suite.namespace), undefined],
    ['its pods', () => pathOf('Pod', suite.namespace), undefined],
    ['another namespace', () => pathOf('Namespace', '', other()), 'Forbidden'],
    ['the pods of another namespace', () => pathOf('Pod', other()), 'Forbidden'],
    ['all namespaces', () => '/api/v1/namespaces', 'Forbidden'],
    ['all pods', () => '/api/v1/pods', 'Forbidden'],
    ['all experiments', () => '/apis/squall.dev/v1alpha1/chaosexperiments', 'Forbidden'],
    ['the policies of the cluster', () => pathOf('SafetyPolicy', ''), 'Forbidden'],
    ['the secrets of its namespace', () => pathOf('Secret', suite.namespace), 'Forbidden'],
  ];
  test.each(reads)('its account reads %s: %s', async (_, path, code) => {
    const answer = await account.request({ method: 'GET', path: path() }).then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
    expect(answer).toBe(code);
  });

  test('while the file is wrong nothing starts, and status says why; once it is mended, the run goes on', async () => {
    const pod = await suite.newPod('waiting');
    await write({ maxPods: 0 });
    const noticed = () => controller.log.includes('policy file: spec.maxPods: takes');
    await awaitCondition('the controller has seen it', noticed, {
      withinMs: READ_AGAIN_MS,
      describe: () => controller.log,
    });
    const experiment = await suite.experiment('waiting', {
      targets: { podNames: ['waiting'] },
      duration: '1s',
    });
    const status = await experiment.phase('Pending');
    expect(condition(status, 'Accepted')).toMatchObject({
      status: 'Unknown',
      reason: 'PolicyUnreadable',
      message: expect.stringContaining(
        `the policies cannot be read: ${policyFile}: policy file: spec.maxPods: takes a whole number from 1 to 1000`,
      ),
    });
    expect(squallContainers(await suite.readPod('waiting'))).toEqual([]);
    await rm(policyFile);
    await experiment.until(
      'the missing file is told of',
      ({ message = '' }) => message.includes('ENOENT'),
      READ_AGAIN_MS,
    );
    expect(squallContainers(await suite.readPod('waiting'))).toEqual([]);
    await write({ maxDuration: '20s' });
    await experiment.phase('Completed');
    expect(suite.watch.faults(pod.ip)).toHaveLength(2);
  });
});
