import { access, readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Clock } from './clock.ts';
import { KubeError } from './errors.ts';

/** Where the kubelet mounts a service account. */
const serviceAccountRoot = '/var/run/secrets/kubernetes.io/serviceaccount';

/** How long credentials are used before they are read again: bound tokens are replaced well before they expire. */
const credentialsTtlMs = 60_000;

export type TlsOptions = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'
>;

type Headers = Readonly<Record<string, string>>;

/** How to reach one API server and as whom. */
export interface Cluster {
  /** Scheme, host and port, with a path when the API is served below one; no slash at the end. */
  readonly server: string;
  readonly tls: TlsOptions;
  /** Headers that authenticate a request; `renew` reads the credentials again now. */
  readonly headers: (renew?: boolean) => Promise<Headers>;
}

export interface ClusterSource {
  /** A kubeconfig file, whose current context is taken. */
  readonly kubeconfig?: string | undefined;
  readonly clock: Clock;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly serviceAccount?: string;
}

/**
 * The given kubeconfig, else the pod's service account, else $KUBECONFIG or ~/.kube/config.
 * Rejects with KubeError Unreachable when none of them says how to reach a cluster.
 */
export async function findCluster(source: ClusterSource): Promise<Cluster> {
  const { clock, env = process.env, serviceAccount = serviceAccountRoot } = source;
  try {
    if (source.kubeconfig === undefined && env['KUBERNETES_SERVICE_HOST']) {
      const present = await access(join(serviceAccount, 'token')).then(
        () => true,
        () => false,
      );
      if (present) return await inCluster(env, serviceAccount, clock);
    }
    return await clusterOf(await loadKubeConfig(source.kubeconfig), clock);
  } catch (error) {
    if (error instanceof KubeError) throw error;
    throw new KubeError('Unreachable', `no usable cluster: ${String(error)}`, { cause: error });
  }
}

async function inCluster(
  env: NonNullable<ClusterSource['env']>,
  root: string,
  clock: Clock,
): Promise<Cluster> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const headers = renewable(clock, async () => {
    const token = await readFile(join(root, 'token'), 'utf8');
    return { authorization: `Bearer ${token.trim()}` };
  });
  await headers();
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    tls: { ca: await readFile(join(root, 'ca.crt')) },
    headers,
  };
}

// Loaded only when a kubeconfig is used: client-node's code for it costs 15 MB of resident memory, which a
// controller in its pod does not need. Its index would cost as much again in start-up time.
async function loadKubeConfig(path: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  if (path === undefined) config.loadFromDefault();
  else config.loadFromFile(path);
  if (config.getCurrentContext() === 'loaded-context') {
    throw new KubeError(
      'Unreachable',
      'no cluster: no kubeconfig given, not in a pod, and neither $KUBECONFIG nor ~/.kube/config is there',
    );
  }
  return config;
}

/** The cluster of a kubeconfig's current context, also with an exec credential plugin. */
export async function clusterOf(config: KubeConfig, clock: Clock): Promise<Cluster> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new KubeError('Unreachable', 'the kubeconfig has no current cluster');
  if (cluster.proxyUrl) {
    throw new KubeError('Unreachable', 'a kubeconfig with proxy-url is not supported');
  }
  const read = async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const { ca, cert, key, passphrase, servername, rejectUnauthorized } = await read();
  const tls = { ca, cert, key, passphrase, servername, rejectUnauthorized };
  return {
    server: cluster.server.replace(/\/+$/, ''),
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined)),
    headers: renewable(clock, async () => headersOf(await read())),
  };
}

function headersOf({ auth, headers }: RequestOptions): Headers {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    result[name.toLowerCase()] = String(value);
  }
  if (auth) result['authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
  return result;
}

/** Keeps what `read` gave for `credentialsTtlMs`; when reading again fails, what was read before stays in use. */
function renewable(clock: Clock, read: () => Promise<Headers>): Cluster['headers'] {
  let headers: Headers | undefined;
  let readAt = 0;
  return async (renew = false) => {
    if (headers && !renew && clock.now() - readAt < credentialsTtlMs) return headers;
    try {
      headers = await read();
      readAt = clock.now();
    } catch (error) {
      if (headers) return headers;
      const message = `the credentials cannot be read: ${String(error)}`;
      throw new KubeError('Unauthorized', message, { cause: error });
    }
    return headers;
  };
}
