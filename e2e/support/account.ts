import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { KubeClient } from '../../src/kube/client.ts';
import { type Cluster, pathOf } from './cluster.ts';

/** The account of the installed controller. */
export const CONTROLLER_ACCOUNT = { namespace: 'squall-system', name: 'squall-controller' };

/** A rule of a Role or ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What the installed controller may do. */
export async function controllerRules(cluster: Cluster): Promise<readonly Rule[]> {
  const { rules } = await cluster.read<{ readonly rules: readonly Rule[] }>(
    'ClusterRole',
    '',
    CONTROLLER_ACCOUNT.name,
  );
  return rules;
}

interface KubeConfig {
  clusters: { cluster: unknown }[];
}

/**
 * A kubeconfig that acts as a service account, so that a controller outside of the cluster has exactly
 * the rights that it would have inside. Returns the path of the file.
 *
 * @param admin path of a kubeconfig for the same cluster
 */
export async function kubeconfigOf(
  cluster: Cluster,
  { namespace, name }: { namespace: string; name: string },
  admin: string,
): Promise<string> {
  const { status } = await cluster.client.request<{ status: { token: string } }>({
    method: 'POST',
    path: `${pathOf('ServiceAccount', namespace, name)}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7_200 },
    },
  });
  const [first] = (load(await readFile(admin, 'utf8')) as KubeConfig).clusters;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: first?.cluster }],
    users: [{ name, user: { token: status.token } }],
    contexts: [{ name, context: { cluster: 'cluster', user: name } }],
    'current-context': name,
  };
  const path = join(await mkdtemp(join(tmpdir(), 'squall-e2e-')), `${name}.kubeconfig`);
  await writeFile(path, dump(config), { mode: 0o600 });
  return path;
}

/** A client that acts as a service account; close it in the end. */
export async function clientOf(
  cluster: Cluster,
  account: { namespace: string; name: string },
  admin: string,
): Promise<KubeClient> {
  return KubeClient.connect({ kubeconfig: await kubeconfigOf(cluster, account, admin) });
}
