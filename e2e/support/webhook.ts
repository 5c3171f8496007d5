import { CONTROLLER_ACCOUNT } from './account.ts';
import { awaitCondition } from './await-condition.ts';
import type { Cluster } from './cluster.ts';
import { anExperiment } from './experiment.ts';
import { kubectl } from './lab.ts';
import type { Pod } from './pod.ts';

const { namespace } = CONTROLLER_ACCOUNT;
const NAME = 'squall-webhook';
const SELECTOR = 'app.kubernetes.io/name=squall,app.kubernetes.io/component=webhook';
const CERTIFICATE = 'squall-webhook-certificate';
const ROLLOUT_SECONDS = 180;

interface Certificate {
  readonly data: { readonly 'tls.crt': string };
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

interface Configuration {
  readonly webhooks: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle: string };
  }[];
}

export interface Replica {
  readonly name: string;
  readonly ip: string;
  readonly restarts: number;
}

/** The installed webhook. */
export class Webhook {
  readonly serverName = `${NAME}.${namespace}.svc`;
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Resolves when no pod of it is left. */
  async end(): Promise<void> {
    await this.#kubectl('scale', `deployment/${NAME}`, '--replicas=0');
    await awaitCondition('the webhook is gone', async () => (await this.#pods()).length === 0, {
      withinMs: ROLLOUT_SECONDS * 1_000,
    });
  }

  /** Resolves when the API server gets answers from it. */
  async begin(): Promise<void> {
    await this.#kubectl('scale', `deployment/${NAME}`, '--replicas=2');
    await this.#rolledOut();
    await awaitCondition('the webhook answers', () => this.#answers(), { withinMs: 60_000 });
  }

  /** Replaces every pod of it. */
  async restart(): Promise<void> {
    await this.#kubectl('rollout', 'restart', `deployment/${NAME}`);
    await this.#rolledOut();
  }

  async replicas(): Promise<Replica[]> {
    return (await this.#pods()).map(({ metadata, status }) => ({
      name: metadata.name,
      ip: status.podIP ?? '',
      restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
    }));
  }

  /** Resident memory in MB, of each replica. */
  async memory(): Promise<number[]> {
    const texts = await Promise.all(
      (await this.replicas()).map(async ({ ip }) =>
        (await fetch(`http://${ip}:8080/metrics`)).text(),
      ),
    );
    return texts.map((text) => {
      const value = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1];
      if (value === undefined) throw new Error(`no process_resident_memory_bytes in:\n${text}`);
      return Math.round(Number(value) / 1e6);
    });
  }

  /** The address of its Service, and the CA that the API server trusts it by, as PEM text. */
  async endpoint(): Promise<{ ip: string; ca: string }> {
    const { spec } = await this.#cluster.read<{ spec: { clusterIP: string } }>(
      'Service',
      namespace,
      NAME,
    );
    const { webhooks } = await this.#cluster.read<Configuration>(
      'ValidatingWebhookConfiguration',
      '',
      'squall',
    );
    const ca = webhooks[0]?.clientConfig.caBundle ?? '';
    return { ip: spec.clusterIP, ca: Buffer.from(ca, 'base64').toString() };
  }

  certificate(): Promise<Certificate> {
    return this.#cluster.read('Secret', namespace, CERTIFICATE);
  }

  /** Asks for another certificate, and resolves when it is the one that is served. */
  async rotate(token: string): Promise<void> {
    const before = await this.certificate();
    await this.#cluster.patch('Secret', namespace, CERTIFICATE, {
      metadata: { annotations: { 'squall.dev/rotate': token } },
    });
    const rotated = async () => {
      const { data, metadata } = await this.certificate();
      return (
        metadata.annotations?.['squall.dev/rotated'] === token &&
        data['tls.crt'] !== before.data['tls.crt']
      );
    };
    await awaitCondition('the certificate is another', rotated, {
      withinMs: 180_000,
      everyMs: 500,
      describe: async () => JSON.stringify((await this.certificate()).metadata),
    });
  }

  async #answers(): Promise<boolean> {
    const body = anExperiment('answers', {
      targets: { podNames: ['none'] },
      duration: '1s',
      dryRun: true,
    });
    try {
      await this.#cluster.create('ChaosExperiment', 'default', body, { dryRun: 'All' });
      return true;
    } catch {
      return false;
    }
  }

  #pods(): Promise<WebhookPod[]> {
    return this.#cluster.list('Pod', namespace, { labelSelector: SELECTOR });
  }

  async #rolledOut(): Promise<void> {
    await this.#kubectl('rollout', 'status', `deployment/${NAME}`, `--timeout=${ROLLOUT_SECONDS}s`);
  }

  async #kubectl(...args: string[]): Promise<void> {
    const timeoutMs = (ROLLOUT_SECONDS + 10) * 1_000;
    const { exitCode, stderr } = await kubectl(['-n', namespace, ...args], { timeoutMs });
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  }
}

type WebhookPod = Pod & {
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
};
