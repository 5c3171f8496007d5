import { isDeepStrictEqual } from 'node:util';
import { POLICIES_PATH } from '../api/v1alpha1/resource.ts';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import type { ClusterView } from '../cluster/view.ts';
import { policyStatus } from '../domain/safety/policy-status.ts';
import type { KubeClient } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import type { Outcome } from '../kube/work-queue.ts';

/** Keeps the status of every SafetyPolicy: what is in force, and what it holds back. Nothing depends on it. */
export class PolicyReconciler {
  readonly #client: KubeClient;
  readonly #view: ClusterView;

  constructor(client: KubeClient, view: ClusterView) {
    this.#client = client;
    this.#view = view;
  }

  async reconcile(name: string): Promise<Outcome> {
    const policy = this.#view.policies.get(name);
    const limits = this.#view.readLimits();
    if (policy === undefined || limits.kind === 'unreadable') return { kind: 'done' };
    const status = policyStatus(policy, limits.value, this.#view.experiments.list());
    if (isDeepStrictEqual(status, policy.status)) return { kind: 'done' };
    try {
      const written = await this.#client.request<SafetyPolicy>({
        method: 'PATCH',
        path: `${POLICIES_PATH}/${name}/status`,
        contentType: 'application/json-patch+json',
        body: [
          {
            op: 'replace',
            path: '/metadata/resourceVersion',
            value: policy.metadata.resourceVersion,
          },
          { op: 'add', path: '/status', value: status },
        ],
      });
      this.#view.policies.upsert(written);
      return { kind: 'done' };
    } catch (error) {
      if (error instanceof KubeError && error.code === 'NotFound') return { kind: 'done' };
      if (error instanceof KubeError && error.code === 'Conflict') return { kind: 'after', ms: 50 };
      return { kind: 'retry', error };
    }
  }
}
