import type { KubeClient, RequestOptions } from '../../src/kube/client.ts';
import { KubeError } from '../../src/kube/errors.ts';
import type { CertificateSecret, SecretChange } from './secret.ts';
import type { ObservedConfiguration } from './view.ts';

/** The two objects that the certificate is about. Every failure is a KubeError. */
export interface CertificateObjects {
  /** undefined: there is none. */
  readSecret(signal: AbortSignal): Promise<CertificateSecret | undefined>;
  /** undefined: there is none. */
  readConfiguration(signal: AbortSignal): Promise<ObservedConfiguration | undefined>;
  /** Conflict when the Secret is no longer what the change was decided on, AlreadyExists when it was to be created. */
  writeSecret(change: SecretChange, signal: AbortSignal): Promise<void>;
  /** Gives the first `entries` webhook entries the caBundle (PEM text); Conflict as above. */
  trust(
    decided: {
      readonly resourceVersion: string;
      readonly caBundle: string;
      readonly entries: number;
    },
    signal: AbortSignal,
  ): Promise<void>;
}

export interface KubeCertificateNames {
  readonly namespace: string;
  readonly secret: string;
  /** Of the ValidatingWebhookConfiguration. */
  readonly configuration: string;
}

/** Limit of one call: a rotation gives every replica a minute. */
const timeoutMs = 5000;
/** Labels of the Secret where it is created. */
const labels = {
  'app.kubernetes.io/name': 'squall',
  'app.kubernetes.io/component': 'webhook',
};

/**
 * On the API server. Needs get and patch on the Secret and create on secrets in its namespace; get and patch on the
 * ValidatingWebhookConfiguration.
 */
export class KubeCertificateObjects implements CertificateObjects {
  readonly #client: KubeClient;
  readonly #names: KubeCertificateNames;
  readonly #secrets: string;
  readonly #configuration: string;

  constructor(client: KubeClient, names: KubeCertificateNames) {
    this.#client = client;
    this.#names = names;
    this.#secrets = `/api/v1/namespaces/${encodeURIComponent(names.namespace)}/secrets`;
    const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
    this.#configuration = `${configurations}/${encodeURIComponent(names.configuration)}`;
  }

  async readSecret(signal: AbortSignal): Promise<CertificateSecret | undefined> {
    const raw = await this.#get<RawSecret>(this.#secret, signal);
    return (
      raw && {
        resourceVersion: raw.metadata.resourceVersion,
        data: mapValues(raw.data ?? {}, textOf),
        annotations: raw.metadata.annotations ?? {},
      }
    );
  }

  async readConfiguration(signal: AbortSignal): Promise<ObservedConfiguration | undefined> {
    const raw = await this.#get<RawConfiguration>(this.#configuration, signal);
    return (
      raw && {
        resourceVersion: raw.metadata.resourceVersion,
        caBundles: (raw.webhooks ?? []).map(({ clientConfig }) => textOf(clientConfig?.caBundle)),
      }
    );
  }

  async writeSecret(change: SecretChange, signal: AbortSignal): Promise<void> {
    const { resourceVersion, annotations } = change;
    const data = mapValues(change.data, (text) => (text === null ? null : base64Of(text)));
    if (resourceVersion !== undefined) {
      const body = { metadata: { resourceVersion, annotations }, data };
      await this.#send({ method: 'PATCH', path: this.#secret, body, signal });
      return;
    }
    const { namespace, secret: name } = this.#names;
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name, namespace, labels, annotations: withoutNulls(annotations) },
      data: withoutNulls(data),
    };
    await this.#send({ method: 'POST', path: this.#secrets, body, signal });
  }

  async trust(
    decided: Parameters<CertificateObjects['trust']>[0],
    signal: AbortSignal,
  ): Promise<void> {
    const { resourceVersion, caBundle, entries } = decided;
    const body = [
      // A replaced resourceVersion is compared with the stored one as in an update: a race is a Conflict.
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      ...Array.from({ length: entries }, (_, index) => ({
        op: 'add',
        path: `/webhooks/${index}/clientConfig/caBundle`,
        value: base64Of(caBundle),
      })),
    ];
    const contentType = 'application/json-patch+json';
    await this.#send({ method: 'PATCH', path: this.#configuration, body, contentType, signal });
  }

  get #secret(): string {
    return `${this.#secrets}/${encodeURIComponent(this.#names.secret)}`;
  }

  async #get<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    try {
      return await this.#client.request<T>({ method: 'GET', path, timeoutMs, signal });
    } catch (error) {
      if (error instanceof KubeError && error.code === 'NotFound') return undefined;
      throw error;
    }
  }

  async #send(options: RequestOptions): Promise<void> {
    await this.#client.request({ ...options, timeoutMs });
  }
}

interface RawSecret {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

interface RawConfiguration {
  readonly metadata: { readonly resourceVersion: string };
  readonly webhooks?: readonly { readonly clientConfig?: { readonly caBundle?: string } }[];
}

function textOf(base64 = ''): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64');
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function withoutNulls(
  record: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
