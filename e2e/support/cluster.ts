import type { KubeClient, Query } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/errors.ts';

/** The least of a Kubernetes object; tests add what they look at. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

/** Where the objects of a kind are: [prefix of the API, plural, whether they have a namespace]. */
const collections = {
  Namespace: ['/api/v1', 'namespaces', false],
  Node: ['/api/v1', 'nodes', false],
  Pod: ['/api/v1', 'pods', true],
  Service: ['/api/v1', 'services', true],
  EndpointSlice: ['/apis/discovery.k8s.io/v1', 'endpointslices', true],
  Secret: ['/api/v1', 'secrets', true],
  ServiceAccount: ['/api/v1', 'serviceaccounts', true],
  Deployment: ['/apis/apps/v1', 'deployments', true],
  ReplicaSet: ['/apis/apps/v1', 'replicasets', true],
  StatefulSet: ['/apis/apps/v1', 'statefulsets', true],
  Role: ['/apis/rbac.authorization.k8s.io/v1', 'roles', true],
  RoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'rolebindings', true],
  ClusterRole: ['/apis/rbac.authorization.k8s.io/v1', 'clusterroles', false],
  ClusterRoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'clusterrolebindings', false],
  Event: ['/apis/events.k8s.io/v1', 'events', true],
  ChaosExperiment: ['/apis/squall.dev/v1alpha1', 'chaosexperiments', true],
  SafetyPolicy: ['/apis/squall.dev/v1alpha1', 'safetypolicies', false],
  CustomResourceDefinition: ['/apis/apiextensions.k8s.io/v1', 'customresourcedefinitions', false],
  ValidatingWebhookConfiguration: [
    '/apis/admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
    false,
  ],
  MutatingWebhookConfiguration: [
    '/apis/admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations',
    false,
  ],
  ValidatingAdmissionPolicyBinding: [
    '/apis/admissionregistration.k8s.io/v1',
    'validatingadmissionpolicybindings',
    false,
  ],
} as const satisfies Record<string, readonly [string, string, boolean]>;

export type Kind = keyof typeof collections;

/** The API path of a kind's objects, or of one of them with a name. */
export function pathOf(kind: Kind, namespace: string, name?: string): string {
  const [api, plural, namespaced] = collections[kind];
  const scope = namespaced ? `/namespaces/${namespace}` : '';
  return `${api}${scope}/${plural}${name === undefined ? '' : `/${name}`}`;
}

/** Reads and writes of tests, as the cluster's administrator. */
export class Cluster {
  readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  /** undefined exactly when there is no such object. */
  async find<T>(kind: Kind, namespace: string, name: string): Promise<T | undefined> {
    try {
      return await this.client.request<T>({ method: 'GET', path: pathOf(kind, namespace, name) });
    } catch (error) {
      if (error instanceof KubeError && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  async read<T>(kind: Kind, namespace: string, name: string): Promise<T> {
    return this.client.request<T>({ method: 'GET', path: pathOf(kind, namespace, name) });
  }

  async list<T>(kind: Kind, namespace: string, query: Query = {}): Promise<T[]> {
    const path = pathOf(kind, namespace);
    const { items } = await this.client.request<{ items: T[] }>({ method: 'GET', path, query });
    return items;
  }

  /** `query` may ask for strict field validation, which the API server does not do by default. */
  async create<T>(kind: Kind, namespace: string, body: unknown, query: Query = {}): Promise<T> {
    return this.client.request<T>({ method: 'POST', path: pathOf(kind, namespace), body, query });
  }

  /** A JSON merge patch. */
  async patch<T>(kind: Kind, namespace: string, name: string, body: unknown): Promise<T> {
    return this.client.request<T>({ method: 'PATCH', path: pathOf(kind, namespace, name), body });
  }

  /** A JSON merge patch of the status. */
  async patchStatus(kind: Kind, namespace: string, name: string, status: unknown): Promise<void> {
    const path = `${pathOf(kind, namespace, name)}/status`;
    await this.client.request({ method: 'PATCH', path, body: { status } });
  }

  /** Asks for deletion; an object that is not there is as good. */
  async remove(
    kind: Kind,
    namespace: string,
    name: string,
    options: { graceSeconds?: number } = {},
  ): Promise<void> {
    const query =
      options.graceSeconds === undefined ? {} : { gracePeriodSeconds: options.graceSeconds };
    try {
      await this.client.request({ method: 'DELETE', path: pathOf(kind, namespace, name), query });
    } catch (error) {
      if (!(error instanceof KubeError && error.code === 'NotFound')) throw error;
    }
  }
}
