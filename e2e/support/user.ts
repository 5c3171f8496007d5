import type { Rule } from './account.ts';
import { awaitCondition } from './await-condition.ts';
import type { Cluster } from './cluster.ts';
import { type CommandOptions, type CommandResult, kubectl } from './lab.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** A person with no rights but those given; kubectl acts as them. */
export class User {
  readonly name: string;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, name: string) {
    this.#cluster = cluster;
    this.name = name;
  }

  /** Gives rights in one namespace, and waits until the API server goes by them. */
  async may(namespace: string, rules: readonly Rule[]): Promise<this> {
    const metadata = { name: this.name };
    const rbac = { apiVersion: `${GROUP}/v1`, metadata };
    await this.#cluster.create('Role', namespace, { ...rbac, kind: 'Role', rules });
    await this.#cluster.create('RoleBinding', namespace, {
      ...rbac,
      kind: 'RoleBinding',
      roleRef: { apiGroup: GROUP, kind: 'Role', name: this.name },
      subjects: [{ apiGroup: GROUP, kind: 'User', name: this.name }],
    });
    for (const rule of rules) {
      await awaitCondition(
        `${this.name} has the rights ${JSON.stringify(rule)}`,
        () => this.#has(namespace, rule),
        { withinMs: 30_000 },
      );
    }
    return this;
  }

  kubectl(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    return kubectl([`--as=${this.name}`, ...args], options);
  }

  async #has(namespace: string, { apiGroups, resources, verbs }: Rule): Promise<boolean> {
    const [resource, subresource] = (resources[0] ?? '').split('/');
    const { status } = await this.#cluster.client.request<{ status: { allowed: boolean } }>({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: this.name,
          resourceAttributes: {
            namespace,
            group: apiGroups[0],
            resource,
            subresource,
            verb: verbs[0],
          },
        },
      },
    });
    return status.allowed;
  }
}
