import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { EXPERIMENTS_PATH, experimentsIn, POLICIES_PATH } from '../api/v1alpha1/resource.ts';
import type { SafetyPolicy } from '../api/v1alpha1/safety-policy.generated.ts';
import type { EndpointSlice } from '../domain/peers/endpoint-slice.ts';
import type { Service } from '../domain/peers/service.ts';
import type { Pod } from '../domain/targets/pod.ts';
import type { KubeClient } from '../kube/client.ts';
import { Reflector } from '../kube/reflector.ts';
import { type KubeObject, Store } from '../kube/store.ts';
import type { Follower } from './follower.ts';
import { followPolicyFile } from './policy-file.ts';
import { Poll } from './poll.ts';
import { projectEndpointSlice, SERVICE_LABEL } from './project-endpoint-slice.ts';
import { projectNamespace, type StoredNamespace } from './project-namespace.ts';
import { projectPod } from './project-pod.ts';
import { projectService } from './project-service.ts';

/** What decisions need to know of the cluster. */
export interface Stores {
  readonly experiments: Store<ChaosExperiment>;
  readonly pods: Store<Pod>;
  readonly namespaces: Store<StoredNamespace>;
  readonly policies: Store<SafetyPolicy>;
  readonly services: Store<Service>;
  readonly endpointSlices: Store<EndpointSlice>;
}

/** What fills the stores. */
export interface Sources {
  readonly followers: Readonly<Record<keyof Stores, Follower>>;
  /** For how long after a failure what was read before it still counts for new plans, in milliseconds. */
  readonly lastMs: Readonly<Record<keyof Stores, number>>;
  readonly requester: Requester;
}

/** Whether the API server itself checks the right of whoever asks for chaos. */
export interface Requester {
  /** By what they follow. */
  readonly followers: Readonly<Record<string, Follower>>;
  readonly checked: () => boolean;
}

export interface SourceOptions {
  readonly client: KubeClient;
  readonly stores: Stores;
  /** Told of each failure to read, before the next attempt. */
  readonly onError: (what: string, error: Error) => void;
}

/** What can be seen without any right outside of one namespace; the policies are then in a file. */
export interface Scope {
  readonly namespace: string;
  readonly policyFile: string;
}

/** The policy and the binding by which the API server itself checks requesters; both have this name. */
const REQUESTER_POLICY = 'squall-requester';
const ADMISSION_PATH = '/apis/admissionregistration.k8s.io/v1';
const DISCOVERY_PATH = '/apis/discovery.k8s.io/v1';

/** A slice that belongs to no Service is none of anybody's endpoints. */
const OF_SERVICES = { labelSelector: SERVICE_LABEL };

/** A watch that fails is open again within seconds; for so long what it brought last still counts. */
const RECONNECT_MS = 10_000;

/** A namespace can be read by whoever may do so in it, and watched only by whoever may watch all. */
const NAMESPACE_EVERY_MS = 30_000;

export function wholeCluster({ client, stores, onError }: SourceOptions): Sources {
  const { experiments, pods, namespaces, policies, services, endpointSlices } = stores;
  const follow = <T extends KubeObject>(
    what: string,
    path: string,
    store: Store<T>,
    project: (raw: unknown) => T,
    query?: Readonly<Record<string, string>>,
  ) =>
    new Reflector({
      client,
      path,
      store,
      project,
      ...(query && { query }),
      onError: (error) => onError(what, error),
    });
  const [policy, binding] = [new Store<Enforcing>(), new Store<Enforcing>()];
  const admission = (what: string, store: Store<Enforcing>) =>
    follow(what, `${ADMISSION_PATH}/${what}`, store, enforcing, {
      fieldSelector: `metadata.name=${REQUESTER_POLICY}`,
    });
  const requester = {
    validatingadmissionpolicies: admission('validatingadmissionpolicies', policy),
    validatingadmissionpolicybindings: admission('validatingadmissionpolicybindings', binding),
  };
  return {
    followers: {
      experiments: follow('experiments', EXPERIMENTS_PATH, experiments, asExperiment),
      pods: follow('pods', '/api/v1/pods', pods, projectPod),
      namespaces: follow('namespaces', '/api/v1/namespaces', namespaces, projectNamespace),
      policies: follow('policies', POLICIES_PATH, policies, (raw) => raw as SafetyPolicy),
      services: follow('services', '/api/v1/services', services, projectService),
      endpointSlices: follow(
        'endpointSlices',
        `${DISCOVERY_PATH}/endpointslices`,
        endpointSlices,
        projectEndpointSlice,
        OF_SERVICES,
      ),
    },
    lastMs: {
      experiments: RECONNECT_MS,
      pods: RECONNECT_MS,
      namespaces: RECONNECT_MS,
      policies: RECONNECT_MS,
      services: RECONNECT_MS,
      endpointSlices: RECONNECT_MS,
    },
    requester: {
      followers: requester,
      checked: () =>
        [policy, binding].every((store) => store.list().some(({ enforced }) => enforced)),
    },
  };
}

export function oneNamespace(
  { client, stores, onError }: SourceOptions,
  { namespace, policyFile }: Scope,
): Sources {
  const own = `/api/v1/namespaces/${namespace}`;
  const { clock } = client;
  const failed = (what: keyof Stores) => (error: Error) => onError(what, error);
  return {
    followers: {
      experiments: new Reflector({
        client,
        path: experimentsIn(namespace),
        store: stores.experiments,
        project: asExperiment,
        onError: failed('experiments'),
      }),
      pods: new Reflector({
        client,
        path: `${own}/pods`,
        store: stores.pods,
        project: projectPod,
        onError: failed('pods'),
      }),
      namespaces: new Poll({
        clock,
        everyMs: NAMESPACE_EVERY_MS,
        look: async (signal) => {
          const raw = await client.request<unknown>({ method: 'GET', path: own, signal });
          const found = projectNamespace(raw);
          stores.namespaces.replace([found], found.metadata.resourceVersion);
        },
        onError: failed('namespaces'),
      }),
      policies: followPolicyFile({
        path: policyFile,
        store: stores.policies,
        clock,
        onError: failed('policies'),
      }),
      services: new Reflector({
        client,
        path: `${own}/services`,
        store: stores.services,
        project: projectService,
        onError: failed('services'),
      }),
      endpointSlices: new Reflector({
        client,
        path: `${DISCOVERY_PATH}/namespaces/${namespace}/endpointslices`,
        query: OF_SERVICES,
        store: stores.endpointSlices,
        project: projectEndpointSlice,
        onError: failed('endpointSlices'),
      }),
    },
    lastMs: {
      experiments: RECONNECT_MS,
      pods: RECONNECT_MS,
      services: RECONNECT_MS,
      endpointSlices: RECONNECT_MS,
      namespaces: NAMESPACE_EVERY_MS,
      // What the file says now is all there is: nothing reconnects.
      policies: 0,
    },
    // The admission policy cannot be seen from here, so other namespaces are no targets.
    requester: { followers: {}, checked: () => false },
  };
}

const asExperiment = (raw: unknown) => raw as ChaosExperiment;

/** An admission policy or its binding, and whether it refuses what it is against. */
interface Enforcing extends KubeObject {
  readonly enforced: boolean;
}

function enforcing(raw: unknown): Enforcing {
  const { metadata, spec = {} } = raw as {
    metadata: { name: string; resourceVersion: string };
    spec?: { failurePolicy?: string; validationActions?: readonly string[] };
  };
  const { failurePolicy = 'Fail', validationActions = ['Deny'] } = spec;
  return {
    metadata: { name: metadata.name, resourceVersion: metadata.resourceVersion },
    enforced: failurePolicy === 'Fail' && validationActions.includes('Deny'),
  };
}
