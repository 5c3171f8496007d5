import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { KubeClient } from '../../src/kube/client.ts';
import { CONTROLLER_ACCOUNT, kubeconfigOf, type Rule } from './account.ts';
import { awaitCondition } from './await-condition.ts';
import { Cluster } from './cluster.ts';
import { type ControllerOptions, ControllerProcess } from './controller-process.ts';
import { anExperiment, Experiment, SHARD_LABEL, type SpecParts } from './experiment.ts';
import { onNode } from './lab.ts';
import { NodeWatch } from './node-watch.ts';
import { aPod, isReady, type Pod, type PodParts } from './pod.ts';
import { PodTraffic } from './pod-traffic.ts';
import { type Addressed, type Endpoint, hostEndpoint, podEndpoint } from './traffic.ts';

/** A pod that runs and whose network namespace is watched. */
export interface TestPod extends Addressed {
  readonly uid: string;
}

/** Time for a pod of ours to become ready on an emulated node that others use too. */
const POD_READY_MS = 120_000;

export interface SuiteOptions {
  /** Its experiments are left to controller processes that it starts itself; otherwise the installed controller runs them. */
  readonly ownController?: boolean;
}

/**
 * What one file of tests works with: a namespace of its own, the watch on the node, and everything that
 * it has created. Call it once at the top of the file; the members are there while tests run.
 */
export function useSuite(name: string, options: SuiteOptions = {}): Suite {
  const suite = new Suite(
    `e2e-${name}-${randomBytes(3).toString('hex')}`,
    options.ownController === true,
  );
  beforeAll(() => suite.open(), 120_000);
  afterAll(() => suite.close(), 180_000);
  return suite;
}

export class Suite {
  readonly namespace: string;
  readonly #sharded: boolean;
  readonly #controllers: ControllerProcess[] = [];
  readonly #endings: (() => Promise<void>)[] = [];
  /** By the pods' uids. */
  readonly #traffic = new Map<string, PodTraffic>();
  #cluster: Cluster | undefined;
  #watch: NodeWatch | undefined;
  #host: Endpoint | undefined;
  #controllerKubeconfig: Promise<string> | undefined;

  constructor(namespace: string, sharded: boolean) {
    this.namespace = namespace;
    this.#sharded = sharded;
  }

  get cluster(): Cluster {
    return this.#opened(this.#cluster);
  }

  get watch(): NodeWatch {
    return this.#opened(this.#watch);
  }

  /** The lab's host, which is no pod: traffic to and from it crosses the node's own interface. */
  get host(): Endpoint {
    return this.#opened(this.#host);
  }

  async open(): Promise<void> {
    const { kubeconfig, hostIp, hostIp6, traffic, watch } = inject('lab');
    this.#cluster = new Cluster(
      await KubeClient.connect({ kubeconfig, userAgent: `squall-e2e ${this.namespace}` }),
    );
    this.#host = hostEndpoint(traffic, hostIp, hostIp6);
    this.#watch = await NodeWatch.start(watch);
    await this.cluster.create('Namespace', '', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: this.namespace, labels: { 'squall.dev/e2e': 'true' } },
    });
  }

  /** Takes everything away again; that experiments can be deleted is part of every test. */
  async close(): Promise<void> {
    try {
      if (this.#cluster !== undefined) await this.#deleteExperiments(this.#cluster);
    } finally {
      for (const traffic of this.#traffic.values()) traffic.close();
      for (const ending of this.#endings.reverse()) await ending();
      for (const controller of this.#controllers) await controller.kill();
      await this.#cluster?.remove('Namespace', '', this.namespace);
      this.#watch?.stop();
      await this.#cluster?.client.close();
    }
  }

  /** To be called when the suite ends, last registered first. */
  atEnd(ending: () => Promise<void>): void {
    this.#endings.push(ending);
  }

  /** Creates one pod for each name, all alike, and waits until they run and are watched. */
  async pods(names: readonly string[], parts: PodParts = {}): Promise<TestPod[]> {
    await Promise.all(
      names.map((name) => this.cluster.create('Pod', this.namespace, aPod(name, parts))),
    );
    return Promise.all(names.map((name) => this.pod(name)));
  }

  async newPod(name: string, parts: PodParts = {}): Promise<TestPod> {
    await this.cluster.create('Pod', this.namespace, aPod(name, parts));
    return this.pod(name);
  }

  /** Waits until the pod of that name runs and is watched. */
  async pod(name: string, is: (pod: Pod) => boolean = () => true): Promise<TestPod> {
    const probe = async () => {
      const found = await this.cluster.find<Pod>('Pod', this.namespace, name);
      return found !== undefined && isReady(found) && is(found) && found;
    };
    const pod = await awaitCondition(`pod ${name} is ready`, probe, {
      withinMs: POD_READY_MS,
      describe: () => this.describe(),
    });
    const ips = (pod.status.podIPs ?? []).map(({ ip }) => ip);
    const ip = ips.find((candidate) => !candidate.includes(':'));
    const ip6 = ips.find((candidate) => candidate.includes(':'));
    if (ip === undefined || ip6 === undefined)
      throw new Error(`pod ${name} is not dual stack: ${ips.join(' ')}`);
    await this.watch.awaitPod(ip);
    return { namespace: this.namespace, name, uid: pod.metadata.uid, ip, ip6 };
  }

  /** Waits until the API server has no such pod any more. */
  async waitGone({ name, uid }: TestPod): Promise<void> {
    const probe = async () =>
      (await this.cluster.find<Pod>('Pod', this.namespace, name))?.metadata.uid !== uid;
    await awaitCondition(`pod ${name} is gone`, probe, {
      withinMs: POD_READY_MS,
      describe: () => this.describe(),
    });
  }

  async readPod(name: string): Promise<Pod> {
    return this.cluster.read('Pod', this.namespace, name);
  }

  endpoint(pod: TestPod): Endpoint {
    const traffic = this.#traffic.get(pod.uid) ?? new PodTraffic(pod.namespace, pod.name);
    this.#traffic.set(pod.uid, traffic);
    return podEndpoint(pod, traffic);
  }

  /** Creates an experiment in the suite's namespace; with a shard, for the controller process of that shard. */
  async experiment(name: string, spec: SpecParts, shard = this.namespace): Promise<Experiment> {
    const manifest = anExperiment(name, spec);
    const labels = this.#sharded ? { [SHARD_LABEL]: shard } : {};
    const createdMs = Date.now();
    await this.cluster.create('ChaosExperiment', this.namespace, {
      ...manifest,
      metadata: { ...manifest.metadata, labels },
    });
    return this.#handle(name, createdMs);
  }

  /** An experiment that was created in another way. */
  existing(name: string): Experiment {
    return this.#handle(name, Date.now());
  }

  /** A controller for this suite's experiments, with the rights of the installed one unless a kubeconfig is given. */
  async controller(options: Partial<ControllerOptions> = {}): Promise<ControllerProcess> {
    this.#controllerKubeconfig ??= kubeconfigOf(
      this.cluster,
      CONTROLLER_ACCOUNT,
      inject('lab').kubeconfig,
    );
    const kubeconfig = options.kubeconfig ?? (await this.#controllerKubeconfig);
    const controller = await ControllerProcess.start({
      shard: this.namespace,
      ...options,
      kubeconfig,
    });
    this.#controllers.push(controller);
    return controller;
  }

  /**
   * A service account of the suite's own with these rights in the whole cluster, as kubeconfig. Unlike the installed
   * controller's it is not confined by the admission policy.
   */
  async account(suffix: string, rules: readonly Rule[]): Promise<string> {
    const { cluster, namespace } = this;
    const name = `${namespace}-${suffix}`;
    const metadata = { name };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
    await cluster.create('ServiceAccount', namespace, account);
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata };
    await cluster.create('ClusterRole', '', { ...rbac, kind: 'ClusterRole', rules });
    this.atEnd(() => cluster.remove('ClusterRole', '', name));
    await cluster.create('ClusterRoleBinding', '', {
      ...rbac,
      kind: 'ClusterRoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    });
    this.atEnd(() => cluster.remove('ClusterRoleBinding', '', name));
    return kubeconfigOf(cluster, { namespace, name }, inject('lab').kubeconfig);
  }

  /** Waits until the node shows a fault of ours in the pod. */
  async awaitFault(pod: TestPod, withinMs: number = 90_000): Promise<void> {
    await awaitCondition(`a fault in ${pod.name}`, () => this.watch.active(pod.ip).length > 0, {
      withinMs,
      everyMs: 10,
      describe: () => this.describe(),
    });
  }

  /** Waits until the node shows none any more; returns how long that took, in milliseconds. */
  async awaitClean(pod: TestPod, withinMs: number): Promise<number> {
    const started = Date.now();
    await awaitCondition(`no fault in ${pod.name}`, () => this.watch.active(pod.ip).length === 0, {
      withinMs,
      everyMs: 10,
      describe: () => this.describe(),
    });
    return Date.now() - started;
  }

  /** Kills every process of the pod's agent at once, as an out-of-memory kill or a crashed runtime would. */
  async killAgent(pod: TestPod): Promise<void> {
    await this.#signal('KILL', pod, '/squall/agent');
  }

  /** Freezes every process of the pod's agent; its container goes on Running. */
  async freezeAgent(pod: TestPod): Promise<void> {
    await this.#signal('STOP', pod, '/squall/agent');
  }

  async thawAgent(pod: TestPod): Promise<void> {
    await this.#signal('CONT', pod, '/squall/agent');
  }

  /** Kills the pod's own container as killAgent does; resolves when it runs again. */
  async restartContainer(pod: TestPod): Promise<void> {
    await this.#signal('KILL', pod, 'traffic serve');
    await this.pod(pod.name, ({ status }) => status.containerStatuses?.[0]?.restartCount === 1);
  }

  async #signal(signal: 'KILL' | 'STOP' | 'CONT', pod: TestPod, command: string): Promise<void> {
    const netns = `/var/run/netns/${this.watch.namespaceOf(pod.ip)}`;
    const told = await onNode(
      `wanted="net:[$(stat -Lc %i ${netns})]"; for p in $(pgrep -f '${command}'); do ` +
        `[ "$(readlink /proc/$p/ns/net)" = "$wanted" ] && kill -${signal} $p && echo $p; done; true`,
    );
    if (told.trim() === '') throw new Error(`no ${command} runs in ${pod.name}`);
  }

  /** Waits for events with these reasons on an experiment or pod of that name: they are written behind the status. */
  async awaitEvents(name: string, reasons: readonly string[]): Promise<void> {
    const probe = async () => {
      const events = await this.cluster.list<KubernetesEvent>('Event', this.namespace);
      const seen = events.filter(({ regarding }) => regarding?.name === name);
      return reasons.every((wanted) => seen.some(({ reason }) => reason === wanted));
    };
    await awaitCondition(`${name}: events ${reasons.join(', ')}`, probe, {
      withinMs: 10_000,
      describe: () => this.describe(),
    });
  }

  /** Everything that explains why something did not happen. */
  async describe(): Promise<string> {
    const [experiments, pods, events] = await Promise.all([
      this.cluster.list<KubernetesJson>('ChaosExperiment', this.namespace),
      this.cluster.list<Pod>('Pod', this.namespace),
      this.cluster.list<KubernetesEvent>('Event', this.namespace),
    ]);
    return [
      ...experiments.map((experiment) =>
        JSON.stringify(
          experiment,
          (key, value) => (key === 'managedFields' ? undefined : value),
          1,
        ),
      ),
      ...pods.map((pod) => {
        const { ephemeralContainerStatuses, phase, podIP } = pod.status;
        const faults = podIP !== undefined && this.watch.sees(podIP) && this.watch.faults(podIP);
        return `pod ${pod.metadata.name}: ${JSON.stringify({ phase, faults, ephemeralContainerStatuses })}`;
      }),
      ...events.map(
        ({ regarding, reason, note }) =>
          `event ${regarding?.kind}/${regarding?.name} ${reason}: ${note}`,
      ),
      ...this.#controllers.map((controller) => controller.log.split('\n').slice(-60).join('\n')),
    ].join('\n');
  }

  #handle(name: string, createdMs: number): Experiment {
    return new Experiment(this.cluster, this.namespace, name, createdMs, () => this.describe());
  }

  /** Whatever state the suite's own controllers are in, one that works takes the finalizers off. */
  async #deleteExperiments(cluster: Cluster): Promise<void> {
    const list = () =>
      cluster.list<{ metadata: { name: string } }>('ChaosExperiment', this.namespace);
    const left = await list();
    if (left.length === 0) return;
    if (this.#sharded) {
      for (const controller of this.#controllers) await controller.kill();
      const labels = { [SHARD_LABEL]: this.namespace };
      for (const { metadata } of left) {
        await cluster.patch('ChaosExperiment', this.namespace, metadata.name, {
          metadata: { labels },
        });
      }
      await this.controller();
    }
    for (const { metadata } of left)
      await cluster.remove('ChaosExperiment', this.namespace, metadata.name);
    await awaitCondition('all experiments are gone', async () => (await list()).length === 0, {
      withinMs: 150_000,
      describe: () => this.describe(),
    });
  }

  #opened<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('a suite works only while its tests run');
    return value;
  }
}

type KubernetesJson = Readonly<Record<string, unknown>>;

interface KubernetesEvent {
  readonly reason: string;
  readonly note?: string;
  readonly regarding?: { readonly kind: string; readonly name: string };
}
