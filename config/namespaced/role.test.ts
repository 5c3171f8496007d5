import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';

interface Role {
  readonly kind: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

function rightsIn(file: string): string[] {
  const [role] = loadAll(readFileSync(new URL(file, import.meta.url), 'utf8')) as Role[];
  return role!.rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`)),
    ),
  );
}

/** Nobody has them in one namespace only. */
const ofTheCluster = /^(list|watch) namespaces\.$|safetypolicies|validatingadmissionpolic/;

test('in one namespace the controller may do what it may in all, and read that namespace', () => {
  const everywhere = rightsIn('../rbac/cluster-role.yaml');
  const here = rightsIn('role.yaml');
  expect(here.filter((right) => right !== 'get namespaces.').sort()).toEqual(
    everywhere.filter((right) => !ofTheCluster.test(right)).sort(),
  );
  expect(here).toContain('get namespaces.');
});
