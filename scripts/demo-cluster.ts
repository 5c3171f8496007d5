import type { ChaosExperiment } from '../src/api/v1alpha1/chaos-experiment.generated.ts';
import { KubeClient } from '../src/kube/client.ts';
import { awaitCondition } from '../e2e/support/await-condition.ts';
import { Cluster } from '../e2e/support/cluster.ts';
import { kubectl, labEnvironment, onNode } from '../e2e/support/lab.ts';
import { isReady, type Pod } from '../e2e/support/pod.ts';

export const SAMPLE = 'samples/pod-network-loss.yaml';
/** The experiment that the sample makes. */
export const EXPERIMENT = 'web-loss';
const APPLICATION = 'samples/apps/web.yaml';
const REPLICAS = 3;

export interface TargetPod {
  readonly name: string;
  readonly ip: string;
}

/** The demo's namespace in the lab. Reads go to the API server; what people would do is done by kubectl. */
export class DemoCluster {
  readonly namespace: string;
  /** The lab's host, as pods reach it. */
  readonly hostIp: string;
  readonly #cluster: Cluster;

  private constructor(namespace: string, hostIp: string, cluster: Cluster) {
    this.namespace = namespace;
    this.hostIp = hostIp;
    this.#cluster = cluster;
  }

  static async connect(namespace: string): Promise<DemoCluster> {
    const { kubeconfig, hostIp } = await labEnvironment();
    return new DemoCluster(
      namespace,
      hostIp,
      new Cluster(await KubeClient.connect({ kubeconfig, userAgent: 'squall-demo' })),
    );
  }

  /** What kubectl prints; rejects with its words when it fails. */
  async kubectl(...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await kubectl(['-n', this.namespace, ...args], {
      timeoutMs: 120_000,
    });
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** No experiment, and fresh pods: the ephemeral containers of earlier demos would stay in old ones. */
  async prepare(): Promise<TargetPod[]> {
    if ((await this.#cluster.find('Namespace', '', this.namespace)) === undefined)
      await this.kubectl('create', 'namespace', this.namespace);
    await this.deleteExperiment();
    await this.kubectl('delete', '-f', APPLICATION, '--ignore-not-found', '--cascade=foreground');
    await this.kubectl('apply', '-f', APPLICATION);
    return awaitCondition('the pods of the sample application are ready', () => this.#pods(), {
      withinMs: 240_000,
      everyMs: 500,
      describe: () => this.kubectl('get', 'pods', '-o', 'wide'),
    });
  }

  async #pods(): Promise<TargetPod[] | undefined> {
    const labels = { labelSelector: 'app=web' };
    const pods = await this.#cluster.list<Pod>('Pod', this.namespace, labels);
    if (pods.length !== REPLICAS || !pods.every(isReady)) return undefined;
    return pods.map(({ metadata, status }) => ({ name: metadata.name, ip: status.podIP ?? '' }));
  }

  experiment(): Promise<ChaosExperiment | undefined> {
    return this.#cluster.find<ChaosExperiment>('ChaosExperiment', this.namespace, EXPERIMENT);
  }

  /** Ends the run first, where there is one, and waits for that. */
  async deleteExperiment(): Promise<void> {
    await this.kubectl('delete', 'cx', EXPERIMENT, '--ignore-not-found', '--timeout=90s');
  }

  /**
   * The qdiscs on the interface of each pod, by the pod's address, such as "prio 7a72:, netem 7b72:". Seen from the node,
   * without a tool in the pod.
   */
  async qdiscs(): Promise<ReadonlyMap<string, string>> {
    const printed = await onNode(
      'for netns in /var/run/netns/*; do enter="nsenter --net=$netns"; ' +
        'echo "$($enter ip -4 -o addr show dev eth0) // $($enter tc qdisc show dev eth0 | tr "\\n" " ")"; done',
    );
    const lines = printed.trim().split('\n');
    return new Map(
      lines.map((line) => {
        const kinds = [...line.matchAll(/qdisc (\S+) (\S+)/g)].map(
          ([, kind, handle]) => `${kind} ${handle}`,
        );
        return [/ inet ([0-9.]+)/.exec(line)?.[1] ?? '', kinds.join(', ')];
      }),
    );
  }

  async close(): Promise<void> {
    await this.#cluster.client.close();
  }
}
