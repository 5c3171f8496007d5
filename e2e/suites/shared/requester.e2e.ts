import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { ChaosExperiment } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { CONTROLLER_ACCOUNT, clientOf } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { Cluster, pathOf } from '../../support/cluster.ts';
import { anExperiment, SHARD_LABEL } from '../../support/experiment.ts';
import { useSuite } from '../../support/suite.ts';

/** No controller of any kind looks at these experiments: the API server alone decides. */
const suite = useSuite('requester', { ownController: true });

/** A namespace beside the suite's own. */
const other = `${suite.namespace}-other`;

/** Who may do everything with chaosexperiments in the suite's namespace, by where they may inject by hand. */
const users = {
  nowhere: [],
  own: [suite.namespace],
  both: [suite.namespace, other],
  everywhere: ['*'],
} as const;
type User = keyof typeof users;

const acting = new Map<User | 'controller', Cluster>();
const as = (user: User | 'controller') => acting.get(user)!;
const nameOf = (user: User) => `system:serviceaccount:${suite.namespace}:${user}`;

const rbac = (kind: string, name: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
});
const boundTo = (user: User, kind: 'Role' | 'ClusterRole', role: string) => ({
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
  subjects: [{ kind: 'ServiceAccount', namespace: suite.namespace, name: user }],
});
const INJECTION = { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] };
const INJECTION_RIGHT = { resource: 'pods', subresource: 'ephemeralcontainers', verb: 'patch' };
const CHAOS = {
  apiGroups: ['squall.dev'],
  resources: ['chaosexperiments', 'chaosexperiments/status'],
  verbs: ['create', 'update', 'patch', 'delete'],
};
const CHAOS_RIGHT = { group: 'squall.dev', resource: 'chaosexperiments', verb: 'create' };

beforeAll(async () => {
  const { cluster, namespace } = suite;
  await cluster.create('Namespace', '', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: other, labels: { 'squall.dev/e2e': 'true' } },
  });
  suite.atEnd(() => cluster.remove('Namespace', '', other));
  await cluster.create('Role', namespace, { ...rbac('Role', 'chaos'), rules: [CHAOS] });
  for (const where of users.both) {
    await cluster.create('Role', where, { ...rbac('Role', 'injection'), rules: [INJECTION] });
  }
  const role = { ...rbac('ClusterRole', namespace), rules: [INJECTION] };
  await cluster.create('ClusterRole', '', role);
  suite.atEnd(() => cluster.remove('ClusterRole', '', namespace));
  for (const user of Object.keys(users) as User[]) await addUser(user);
  const controller = await clientOf(cluster, CONTROLLER_ACCOUNT, inject('lab').kubeconfig);
  suite.atEnd(() => controller.close());
  acting.set('controller', new Cluster(controller));
});

async function addUser(user: User): Promise<void> {
  const { cluster, namespace } = suite;
  const metadata = { name: user };
  await cluster.create('ServiceAccount', namespace, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata,
  });
  await cluster.create('RoleBinding', namespace, {
    ...rbac('RoleBinding', user),
    ...boundTo(user, 'Role', 'chaos'),
  });
  for (const where of users[user]) {
    if (where === '*') {
      const name = `${namespace}-${user}`;
      await cluster.create('ClusterRoleBinding', '', {
        ...rbac('ClusterRoleBinding', name),
        ...boundTo(user, 'ClusterRole', namespace),
      });
      suite.atEnd(() => cluster.remove('ClusterRoleBinding', '', name));
    } else {
      await cluster.create('RoleBinding', where, {
        ...rbac('RoleBinding', `${user}-injection`),
        ...boundTo(user, 'Role', 'injection'),
      });
    }
  }
  const client = await clientOf(cluster, { namespace, name: user }, inject('lab').kubeconfig);
  suite.atEnd(() => client.close());
  acting.set(user, new Cluster(client));
  await awaitRight(user, { ...CHAOS_RIGHT, namespace });
  for (const where of users[user])
    await awaitRight(user, { ...INJECTION_RIGHT, namespace: where === '*' ? '' : where });
}

/** The authorizer learns of a new binding a moment after it was created. */
async function awaitRight(user: User, resourceAttributes: object): Promise<void> {
  const probe = async () => {
    const { status } = await suite.cluster.client.request<{ status: { allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: nameOf(user), resourceAttributes },
      },
    });
    return status.allowed;
  };
  const what = `${user} has the right ${JSON.stringify(resourceAttributes)}`;
  await awaitCondition(what, probe, { withinMs: 30_000 });
}

function manifest(name: string, namespaces?: readonly string[]) {
  const experiment = anExperiment(name, {
    targets: {
      podNames: ['none'],
      ...(namespaces !== undefined && { namespaces: [...namespaces] }),
    },
    duration: '1s',
    dryRun: true,
  });
  const labels = { [SHARD_LABEL]: suite.namespace };
  return { ...experiment, metadata: { ...experiment.metadata, labels } };
}

const create = (user: Cluster, name: string, namespaces?: readonly string[]) =>
  user.create<ChaosExperiment>('ChaosExperiment', suite.namespace, manifest(name, namespaces));

async function expectRefusal(request: Promise<unknown>, user: User, where: string) {
  const error: unknown = await request.then(
    () => 'not refused',
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: 'Forbidden' });
  for (const text of [
    "'squall-requester'",
    `user ${nameOf(user)} may not patch pods/ephemeralcontainers in ${where}`,
  ]) {
    expect(error).toHaveProperty('message', expect.stringContaining(text));
  }
}

const some = (count: number) => Array.from({ length: count }, (_, n) => `no-such-namespace-${n}`);

describe('an experiment is created', () => {
  const rows: readonly (readonly [User, string, readonly string[] | undefined])[] = [
    ['own', 'its own namespace, by default', undefined],
    ['own', 'its own namespace, by name', [suite.namespace]],
    ['both', 'two namespaces', [suite.namespace, other]],
    ['both', 'another namespace alone', [other]],
    ['everywhere', 'two namespaces', [other, suite.namespace]],
    ['everywhere', '24 namespaces', some(24)],
    ['everywhere', '100 namespaces', some(100)],
  ];
  test.each(rows.map((row, n) => [...row, n] as const))(
    'by a user with the right to inject there (%s): %s',
    async (user, _, namespaces, n) => {
      const name = `created-${n}`;
      await create(as(user), name, namespaces);
      await suite.existing(name).delete();
    },
  );
});

describe('an experiment is refused', () => {
  const rows: readonly (readonly [User, string, readonly string[] | undefined, string])[] = [
    ['nowhere', 'its own namespace, by default', undefined, `namespace ${suite.namespace},`],
    ['nowhere', 'its own namespace, by name', [suite.namespace], `namespace ${suite.namespace},`],
    ['own', 'another namespace', [other], `namespace ${other},`],
    ['own', 'another namespace after its own', [suite.namespace, other], `namespace ${other},`],
    ['own', 'another namespace before its own', [other, suite.namespace], `namespace ${other},`],
    [
      'both',
      'a namespace that is not there',
      [suite.namespace, other, ...some(1)],
      'namespace no-such-namespace-0,',
    ],
    ['both', '24 namespaces', some(24), 'namespace no-such-namespace-0,'],
    ['both', '25 namespaces', some(25), 'all namespaces, which chaos in more than 24'],
    ['both', '100 namespaces', some(100), '(spec.targets.namespaces has 100)'],
  ];
  test.each(rows.map((row, n) => [...row, n] as const))(
    'by a user without the right to inject there (%s): %s',
    async (user, _, namespaces, where, n) => {
      const name = `refused-${n}`;
      const refused = create(as(user), name, namespaces);
      if (where.startsWith('(')) await expect(refused).rejects.toThrow(where);
      else await expectRefusal(refused, user, where);
      expect(await suite.existing(name).find()).toBeUndefined();
    },
  );
});

describe('the spec of an experiment', () => {
  const dryRun = { spec: { dryRun: false } };
  const wider = { spec: { targets: { namespaces: [suite.namespace, other] } } };
  const rows: readonly (readonly [string, User, object, string | undefined])[] = [
    ['cannot be made a real run without the right', 'nowhere', dryRun, suite.namespace],
    ['can be made a real run with it', 'own', dryRun, undefined],
    ['cannot be widened to a namespace without the right there', 'own', wider, other],
    ['can be widened with it', 'both', wider, undefined],
    [
      'can be sent again as it is without the right',
      'nowhere',
      { spec: { dryRun: true } },
      undefined,
    ],
  ];
  test.each(rows.map((row, n) => [...row, n] as const))(
    '%s (%s)',
    async (_, user, change, missing, n) => {
      const name = `spec-${n}`;
      const before = await create(as('own'), name);
      const changed = as(user).patch('ChaosExperiment', suite.namespace, name, change);
      const experiment = suite.existing(name);
      if (missing === undefined) await changed;
      else {
        await expectRefusal(changed, user, `namespace ${missing},`);
        expect(await experiment.read()).toEqual(before);
      }
      await experiment.delete();
    },
  );
});

describe('nothing else is in the way of a user without the right, nor of the controller', () => {
  const finalizers = (list: readonly string[]) => ({ metadata: { finalizers: list } });
  const held = 'squall.dev/e2e';
  test.each(['nowhere', 'controller'] as const)('%s', async (user) => {
    const name = `metadata-${user}`;
    const experiment = suite.existing(name);
    const { spec } = await create(as('own'), name);
    const patch = (body: object) => as(user).patch('ChaosExperiment', suite.namespace, name, body);
    try {
      await patch({ metadata: { annotations: { 'squall.dev/stop': 'now' }, labels: { a: 'b' } } });
      await patch(finalizers([held]));
      await as(user).client.request({
        method: 'PATCH',
        path: `${pathOf('ChaosExperiment', suite.namespace, name)}/status`,
        body: { status: { message: 'written' } },
      });
      const deleting = user === 'controller' ? suite.cluster : as(user);
      await deleting.remove('ChaosExperiment', suite.namespace, name);
      expect(await experiment.read()).toMatchObject({
        metadata: {
          annotations: { 'squall.dev/stop': 'now' },
          labels: { a: 'b' },
          finalizers: [held],
          deletionTimestamp: expect.any(String),
        },
        spec,
        status: { message: 'written' },
      });
      await patch({ spec: { dryRun: false } });
      await patch(finalizers([]));
      expect(await experiment.find()).toBeUndefined();
    } finally {
      if ((await experiment.find()) !== undefined)
        await suite.cluster.patch('ChaosExperiment', suite.namespace, name, finalizers([]));
    }
  });
});
