import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { CONTROLLER_ACCOUNT, type Rule } from '../../support/account.ts';
import { kubectl } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('install');

const { namespace, name } = CONTROLLER_ACCOUNT;

async function ask(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await kubectl(args);
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

test('the controller runs without privileges, and has not been restarted', async () => {
  const selector = 'app.kubernetes.io/name=squall,app.kubernetes.io/component=controller';
  const { items } = JSON.parse(
    await ask('-n', namespace, 'get', 'pods', '-l', selector, '-o', 'json'),
  ) as {
    items: {
      spec: { containers: { securityContext: unknown }[]; securityContext: unknown };
      status: { containerStatuses: { ready: boolean; restartCount: number }[] };
    }[];
  };
  expect(items).toHaveLength(1);
  expect(items[0]!.status.containerStatuses[0]).toMatchObject({ ready: true, restartCount: 0 });
  expect(items[0]!.spec.securityContext).toMatchObject({ runAsNonRoot: true });
  expect(items[0]!.spec.containers[0]!.securityContext).toMatchObject({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test.each([
  ['yes', 'patch', 'pods/ephemeralcontainers'],
  ['yes', 'get', 'pods/log'],
  ['yes', 'patch', 'chaosexperiments.squall.dev/status'],
  ['no', 'get', 'secrets'],
  ['no', 'list', 'nodes'],
  ['no', 'create', 'pods'],
  ['no', 'delete', 'pods'],
  ['no', 'patch', 'pods'],
  ['no', 'create', 'chaosexperiments.squall.dev'],
  ['yes', 'delete', 'chaosexperiments.squall.dev'],
  ['no', 'patch', 'safetypolicies.squall.dev'],
  ['no', 'get', 'configmaps'],
  ['no', 'create', 'clusterrolebindings.rbac.authorization.k8s.io'],
])('its account: %s to %s %s', async (answer, verb, resource) => {
  const [kind, subresource] = resource.split('/');
  const args = [
    'auth',
    'can-i',
    verb,
    kind!,
    '-A',
    `--as=system:serviceaccount:${namespace}:${name}`,
  ];
  if (subresource !== undefined) args.push(`--subresource=${subresource}`);
  expect((await kubectl(args)).stdout.trim()).toBe(answer);
});

test('a run shows in columns, events, metrics and one log line with all its parameters', async () => {
  await suite.newPod('seen');
  const experiment = await suite.experiment('seen', {
    targets: { podNames: ['seen'] },
    duration: '12s',
    direction: 'egress',
    lossPercentage: 12.5,
    correlation: 25,
  });
  await experiment.phase('Running');
  expect(metric(await scrape(), 'squall_injected_pods')).toBeGreaterThanOrEqual(1);
  await experiment.phase('Completed');

  const [heading, row] = (await ask('-n', suite.namespace, 'get', 'cx', 'seen')).trim().split('\n');
  expect(heading!.trim().split(/\s+/)).toEqual([
    'NAME',
    'ACTION',
    'PHASE',
    'PODS',
    'ASKED',
    'OBSERVED',
    'ENDS',
    'AGE',
  ]);
  expect(row!.split(/\s+/).slice(0, 5)).toEqual([
    'seen',
    'pod-network-loss',
    'Completed',
    '1/1',
    '12.5%',
  ]);

  await suite.awaitEvents('seen', ['Planned', 'Injected', 'Recovered']);

  const metrics = await scrape();
  expect(metrics).toMatch(/^squall_cleanups_total\{/m);
  expect(metrics).toMatch(/^squall_runs_total\{.*\} [1-9]/m);
  expect(metrics).toMatch(/^controller_runtime_reconcile_total\{/m);

  const log = (await ask('-n', namespace, 'logs', `deployment/${name}`)).split('\n');
  const lines = log.filter(
    (line) => line.includes(`${suite.namespace}/seen`) && line.includes('lossPercentage'),
  );
  expect(lines).toHaveLength(1);
  const line = JSON.parse(lines[0]!) as Record<string, unknown>;
  expect(line).toMatchObject({
    lossPercentage: 12.5,
    correlation: 25,
    direction: 'egress',
    duration: '12s',
  });
});

test('with cert-manager, the webhook reads its certificate from files and may write nothing', async () => {
  const folder = fileURLToPath(new URL('../../../config/cert-manager', import.meta.url));
  const objects = loadAll(await ask('kustomize', folder)) as Manifest[];
  const issued = objects.filter(({ apiVersion }) => apiVersion.startsWith('cert-manager.io/'));
  expect(issued.map(({ kind }) => kind).sort()).toEqual(['Certificate', 'Issuer']);
  const known = objects.filter((object) => !issued.includes(object));
  const { exitCode, stderr } = await kubectl(
    ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
    { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: known }) },
  );
  expect(exitCode, stderr).toBe(0);
  const webhook = known.filter(({ metadata }) => metadata.name === 'squall-webhook');
  expect(webhook.map(({ kind }) => kind)).not.toContain('Role');
  const verbs = webhook.flatMap(({ kind, rules = [] }) =>
    kind === 'ClusterRole' ? rules.flatMap((rule) => rule.verbs) : [],
  );
  expect(new Set(verbs)).toEqual(new Set(['list', 'watch', 'create']));
});

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
}

/** The installed controller's metrics, as Prometheus reads them. */
async function scrape(): Promise<string> {
  const selector = 'app.kubernetes.io/name=squall,app.kubernetes.io/component=controller';
  const ip = await ask(
    '-n',
    namespace,
    'get',
    'pods',
    '-l',
    selector,
    '-o',
    'jsonpath={.items[0].status.podIP}',
  );
  const response = await fetch(`http://${ip}:8080/metrics`);
  expect(response.status).toBe(200);
  return response.text();
}

function metric(text: string, wanted: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${wanted} `));
  if (line === undefined) throw new Error(`no metric ${wanted}`);
  return Number(line.split(' ')[1]);
}
