import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';

interface ClusterRole {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

const roles = loadAll(
  readFileSync(new URL('user-roles.yaml', import.meta.url), 'utf8'),
) as ClusterRole[];

test.each(roles.map((role) => [role.metadata.name, role] as const))(
  '%s grants no status, no wildcard, and nothing of others',
  (_, { rules }) => {
    for (const { apiGroups, resources, verbs } of rules) {
      expect(apiGroups).toEqual(['squall.dev']);
      for (const resource of resources) {
        expect(['chaosexperiments', 'safetypolicies']).toContain(resource);
      }
      expect(verbs).not.toContain('*');
    }
  },
);

test('a role that grants anything on policies becomes part of no other', () => {
  for (const { metadata, rules } of roles) {
    if (!rules.some(({ resources }) => resources.includes('safetypolicies'))) continue;
    expect(Object.keys(metadata.labels).filter((label) => label.includes('aggregate'))).toEqual([]);
  }
});
