import { beforeAll, expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import { kubectl } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('user-rights');

/** The cluster's own roles, and the one of ours that is bound by name. */
const ROLES = ['view', 'edit', 'admin', 'squall-policy-admin'] as const;
type RoleName = (typeof ROLES)[number];

const userOf = (role: RoleName) => `${suite.namespace}-${role}`;

/** Each user has one role: of the cluster's own in the suite's namespace, ours everywhere. */
beforeAll(async () => {
  const { cluster, namespace } = suite;
  for (const role of ROLES) {
    const kind = role === 'squall-policy-admin' ? 'ClusterRoleBinding' : 'RoleBinding';
    const name = userOf(role);
    await cluster.create(kind, namespace, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name }],
    });
    if (kind === 'ClusterRoleBinding') suite.atEnd(() => cluster.remove(kind, '', name));
    const one = role === 'squall-policy-admin' ? 'safetypolicies' : 'chaosexperiments';
    await awaitCondition(`${role} is bound`, async () => (await may(role, 'get', one)) === 'yes', {
      withinMs: 30_000,
    });
  }
});

/** Asks as somebody who is only a member of the group that has the role. */
async function may(role: RoleName, verb: string, what: string): Promise<string> {
  const [resource, subresource] = what.split('/');
  const args = ['auth', 'can-i', verb, `${resource}.squall.dev`, '-n', suite.namespace];
  if (subresource !== undefined) args.push(`--subresource=${subresource}`);
  const { stdout } = await kubectl([...args, '--as=somebody', `--as-group=${userOf(role)}`]);
  return stdout.trim();
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const STATUS = ['update', 'patch'];

const granted: Readonly<Record<RoleName, Readonly<Record<string, readonly string[]>>>> = {
  view: { chaosexperiments: READ },
  edit: { chaosexperiments: [...READ, ...WRITE] },
  admin: { chaosexperiments: [...READ, ...WRITE] },
  'squall-policy-admin': {
    safetypolicies: [...READ, 'create', 'update', 'patch', 'delete'],
  },
};

const asked: readonly (readonly [string, readonly string[]])[] = [
  ['chaosexperiments', [...READ, ...WRITE]],
  ['chaosexperiments/status', STATUS],
  ['safetypolicies', [...READ, ...WRITE]],
  ['safetypolicies/status', STATUS],
];

test.each(ROLES.flatMap((role) => asked.map(([what, verbs]) => [role, what, verbs] as const)))(
  '%s: what it may do with %s',
  async (role, what, verbs) => {
    const answers = await Promise.all(
      verbs.map(async (verb) => ((await may(role, verb, what)) === 'yes' ? [verb] : [])),
    );
    expect(answers.flat()).toEqual(granted[role][what] ?? []);
  },
);
