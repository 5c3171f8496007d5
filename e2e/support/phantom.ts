import { awaitCondition } from './await-condition.ts';
import type { Cluster } from './cluster.ts';
import type { Pod } from './pod.ts';

/**
 * Pods that are objects only: bound to a node that does not exist as a machine, and said to be running. What is
 * decided about pods before any is touched can be tested on hundreds of them; what is done in pods cannot.
 */
export class PhantomPods {
  readonly #cluster: Cluster;
  readonly #node: string;
  readonly #namespaces = new Set<string>();

  private constructor(cluster: Cluster, node: string) {
    this.#cluster = cluster;
    this.#node = node;
  }

  static async on(cluster: Cluster, node: string): Promise<PhantomPods> {
    await cluster.create('Node', '', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: node, labels: { 'squall.dev/e2e': 'true' } },
    });
    return new PhantomPods(cluster, node);
  }

  /** What binds a pod here, and keeps it when the node is found to be dead. */
  get spec() {
    return {
      nodeName: this.#node,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'app', image: 'squall.local/app:1' }],
    };
  }

  async add(
    namespace: string,
    name: string,
    parts: { labels?: object; annotations?: object; spec?: object; phase?: string } = {},
  ): Promise<void> {
    const { labels = {}, annotations = {}, spec = {}, phase = 'Running' } = parts;
    await this.#cluster.create('Pod', namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels, annotations },
      spec: { ...this.spec, ...spec },
    });
    await this.#say(namespace, name, phase);
  }

  /** A ReplicaSet of that many pods, and their names. */
  async replicas(namespace: string, name: string, replicas: number): Promise<string[]> {
    const labels = { app: name };
    await this.#cluster.create('ReplicaSet', namespace, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: this.spec },
      },
    });
    const made = () => this.#cluster.list<Pod>('Pod', namespace, { labelSelector: `app=${name}` });
    const pods = await awaitCondition(
      `${replicas} pods of ReplicaSet ${name}`,
      async () => {
        const found = await made();
        return found.length === replicas && found;
      },
      { withinMs: 60_000 },
    );
    const names = pods.map(({ metadata }) => metadata.name).sort();
    for (const pod of names) await this.#say(namespace, pod, 'Running');
    return names;
  }

  /** Takes all of them away, and the node. */
  async remove(): Promise<void> {
    for (const namespace of this.#namespaces) {
      for (const { metadata } of await this.#cluster.list<Pod>('ReplicaSet', namespace))
        await this.#cluster.remove('ReplicaSet', namespace, metadata.name);
      const pods = await this.#cluster.list<Pod>('Pod', namespace);
      for (const { metadata, spec } of pods) {
        if (spec.nodeName !== this.#node) continue;
        await this.#cluster.remove('Pod', namespace, metadata.name, { graceSeconds: 0 });
      }
    }
    await this.#cluster.remove('Node', '', this.#node);
  }

  async #say(namespace: string, name: string, phase: string): Promise<void> {
    this.#namespaces.add(namespace);
    await this.#cluster.patchStatus('Pod', namespace, name, { phase });
  }
}
