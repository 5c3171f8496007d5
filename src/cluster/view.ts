import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { isFinal } from '../api/v1alpha1/phases.ts';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import type { PodReading, Reading } from '../domain/lifecycle/observed.ts';
import type { EndpointSlice } from '../domain/peers/endpoint-slice.ts';
import type { Service } from '../domain/peers/service.ts';
import type { PeerWorld } from '../domain/peers/world.ts';
import { type Limits, limitsInForce } from '../domain/safety/limits.ts';
import type { Namespaces } from '../domain/targets/namespace.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { KubeClient } from '../kube/client.ts';
import { Store } from '../kube/store.ts';
import type { Follower } from './follower.ts';
import type { StoredNamespace } from './project-namespace.ts';
import { oneNamespace, type Scope, type Sources, type Stores, wholeCluster } from './sources.ts';

export interface ClusterViewOptions {
  readonly client: KubeClient;
  /** Default: the whole cluster. */
  readonly scope?: Scope | undefined;
  /** Told of each failure to read, before the next attempt. */
  readonly onError: (what: string, error: Error) => void;
}

/** An agent is reported as running for seconds after its end; no more experiments than these go in that time. */
const MOST_ENDED = 1_000;

/** What controller and webhook know of the cluster: followed all the time, and told apart from what cannot be read. */
export class ClusterView implements Stores {
  readonly experiments = new Store<ChaosExperiment>();
  readonly pods = new Store<Pod>();
  readonly namespaces = new Store<StoredNamespace>();
  readonly policies = new Store<SafetyPolicy>();
  readonly services = new Store<Service>();
  readonly endpointSlices = new Store<EndpointSlice>({
    indexes: { service: ({ metadata, service }) => [`${metadata.namespace}/${service}`] },
  });
  /** Uids of experiments that are gone and were over when they went, the latest of them. */
  readonly ended = new Set<string>();
  readonly #client: KubeClient;
  readonly #sources: Sources;

  constructor({ client, scope, onError }: ClusterViewOptions) {
    this.#client = client;
    const options = { client, stores: this, onError };
    this.experiments.subscribe(({ old, now }) => {
      if (now !== undefined || old === undefined || !isFinal(old.status?.phase)) return;
      this.ended.add(old.metadata.uid);
      const [oldest] = this.ended;
      if (this.ended.size > MOST_ENDED && oldest !== undefined) this.ended.delete(oldest);
    });
    this.#sources = scope === undefined ? wholeCluster(options) : oneNamespace(options, scope);
  }

  start(): void {
    for (const follower of this.#all()) follower.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((follower) => follower.stop()));
  }

  /** Resolves when everything that decisions need was read once; rejects with KubeError Timeout or Aborted. */
  async waitSynced(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    await Promise.all(this.#all().map((one) => one.waitSynced(timeoutMs, signal)));
  }

  /** What has never been read; undefined when everything that decisions need was. */
  notReady(): string | undefined {
    const { followers, requester } = this.#sources;
    const missing = Object.entries<Follower>({ ...followers, ...requester.followers }).flatMap(
      ([what, { health }]) => (health.synced ? [] : [what]),
    );
    return missing.length === 0 ? undefined : `not read yet: ${missing.join(', ')}`;
  }

  /** A run that goes on does so by what was read last; a plan is not made by what may be old. */
  readPods(): PodReading {
    const { synced, since } = this.#sources.followers.pods.health;
    if (!synced) return { kind: 'unreadable', message: this.#failure('pods'), since };
    const stale = this.#outdated('pods') ?? this.#outdated('experiments');
    const { pods } = this;
    return {
      kind: 'read',
      get all() {
        return pods.list();
      },
      get: (namespace, name) => pods.get(`${namespace}/${name}`),
      ...(stale !== undefined && { stale }),
    };
  }

  readNamespaces(): Reading<Namespaces> {
    const message = this.#outdated('namespaces');
    if (message !== undefined) return { kind: 'unreadable', message };
    return { kind: 'read', value: { get: (name) => this.namespaces.get(name) } };
  }

  /** What it gives is as fresh as the moment at which it is asked. */
  readPeers(): Reading<PeerWorld> {
    const message =
      this.#outdated('services') ?? this.#outdated('endpointSlices') ?? this.#outdated('pods');
    if (message !== undefined) return { kind: 'unreadable', message };
    const { services, endpointSlices, pods } = this;
    return {
      kind: 'read',
      value: {
        get services() {
          return services.list();
        },
        service: (namespace, name) => services.get(`${namespace}/${name}`),
        endpointSlices: (namespace, service) =>
          endpointSlices.byIndex('service', `${namespace}/${service}`),
        get pods() {
          return pods.list();
        },
      },
    };
  }

  /** Limits that are not known to be those in force allow nothing. */
  readLimits(): Reading<Limits> {
    const { requester } = this.#sources;
    const unknown = Object.entries(requester.followers).find(([, { health }]) => !health.synced);
    const message = this.#outdated('policies') ?? (unknown && failure(...unknown));
    if (message !== undefined) return { kind: 'unreadable', message };
    const requesterChecked = requester.checked();
    return {
      kind: 'read',
      value: limitsInForce(this.policies.list(), { requesterChecked }),
    };
  }

  #all(): readonly Follower[] {
    const { followers, requester } = this.#sources;
    return [...Object.values(followers), ...Object.values(requester.followers)];
  }

  /** Why new plans cannot go by what was read; undefined when they can. */
  #outdated(what: keyof Stores): string | undefined {
    const { followers, lastMs } = this.#sources;
    const { synced, fresh, since } = followers[what].health;
    const stale = !fresh && this.#client.clock.now() - since >= lastMs[what];
    return synced && !stale ? undefined : this.#failure(what);
  }

  #failure(what: keyof Stores): string {
    return failure(what, this.#sources.followers[what]);
  }
}

function failure(what: string, { health: { lastError } }: Follower): string {
  return `the ${what} cannot be read: ${lastError?.message ?? 'not read yet'}`;
}
