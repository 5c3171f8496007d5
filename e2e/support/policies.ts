import type { SafetyPolicySpec } from '../../src/api/v1alpha1/safety-policy.generated.ts';
import { CONTROLLER_ACCOUNT } from './account.ts';
import { awaitCondition } from './await-condition.ts';
import type { Cluster } from './cluster.ts';
import type { Pod } from './pod.ts';

interface StoredPolicy {
  readonly metadata: { readonly name: string; readonly generation: number };
}

/** SafetyPolicies of a test. They hold for the whole cluster: only suites that run alone may have any. */
export class Policies {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Sets the policy of that name, and waits until the controller and every replica of the webhook judge by it. */
  async set(name: string, spec: SafetyPolicySpec): Promise<void> {
    const body = {
      apiVersion: 'squall.dev/v1alpha1',
      kind: 'SafetyPolicy',
      metadata: { name },
      spec,
    };
    const old = await this.#cluster.find<StoredPolicy>('SafetyPolicy', '', name);
    if (old !== undefined) await this.#cluster.remove('SafetyPolicy', '', name);
    await this.#cluster.create('SafetyPolicy', '', body);
    await this.inForce();
  }

  async remove(name: string): Promise<void> {
    await this.#cluster.remove('SafetyPolicy', '', name);
    await this.inForce();
  }

  /** Waits until all processes that judge know the policies as they are now. */
  async inForce(): Promise<void> {
    const stored = await this.#cluster.list<StoredPolicy>('SafetyPolicy', '');
    const wanted = stored
      .map(({ metadata }) => `{policy="${metadata.name}"} ${metadata.generation}`)
      .sort();
    await awaitCondition(
      `all processes judge by ${JSON.stringify(wanted)}`,
      async () => {
        const known = await Promise.all((await this.#processes()).map(generations));
        return known.every((one) => one?.join('\n') === wanted.join('\n'));
      },
      { withinMs: 60_000 },
    );
  }

  /** Addresses of the controller's and the webhook's pods that run. */
  async #processes(): Promise<string[]> {
    const pods = await this.#cluster.list<Pod>('Pod', CONTROLLER_ACCOUNT.namespace, {
      labelSelector: 'app.kubernetes.io/name=squall',
    });
    return pods.flatMap(({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && status.podIP !== undefined ? [status.podIP] : [],
    );
  }
}

const METRIC = 'squall_safety_policy_generation';

/** undefined when the process does not answer. */
async function generations(ip: string): Promise<string[] | undefined> {
  try {
    const text = await (await fetch(`http://${ip}:8080/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${METRIC}{`))
      .map((line) => line.slice(METRIC.length))
      .sort();
  } catch {
    return undefined;
  }
}
