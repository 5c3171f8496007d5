import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONTROLLER_ACCOUNT, kubeconfigOf } from '../e2e/support/account.ts';
import { awaitCondition } from '../e2e/support/await-condition.ts';
import type { Cluster } from '../e2e/support/cluster.ts';
import { freePort } from '../e2e/support/controller-process.ts';
import { isReady, type Pod } from '../e2e/support/pod.ts';
import { issueCertificate } from '../webhook/certificates/issue.ts';
import type { TrustedPair } from '../webhook/certificates/source.ts';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MAIN = fileOf('../webhook/main.ts');
const EMPTY = fileOf('empty-webhook.ts');
/** Of the installed controller and webhook; it has Node. */
const NODE_IMAGE = 'squall.local/controller:dev';
const READY_MS = 120_000;
const LIFETIME_MS = 24 * 60 * 60_000;

/** Where the API server finds a webhook, as a WebhookClientConfig. */
export interface ClientConfig {
  readonly caBundle: string;
  readonly service: { readonly namespace: string; readonly name: string };
}

/**
 * Webhooks to compare the installed one with: our own program as a process of this machine, and one that allows
 * everything, here and on the node.
 */
export class Webhooks {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #pair: TrustedPair;
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(cluster: Cluster, namespace: string, pair: TrustedPair, folder: string) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#pair = pair;
    this.#folder = folder;
  }

  static async create(cluster: Cluster, namespace: string): Promise<Webhooks> {
    const names = ['localhost', `empty.${namespace}.svc`];
    const pair = await issueCertificate({ names, now: Date.now(), lifetimeMs: LIFETIME_MS });
    const folder = await mkdtemp(join(tmpdir(), 'squall-bench-'));
    return new Webhooks(cluster, namespace, pair, folder);
  }

  get ca(): string {
    return this.#pair.ca;
  }

  /** With the rights of the installed one; resolves with its address. */
  async oursHere(admin: string): Promise<string> {
    const account = { ...CONTROLLER_ACCOUNT, name: 'squall-webhook' };
    const [port, health] = await Promise.all([freePort(), freePort()]);
    await writeFile(join(this.#folder, 'tls.crt'), this.#pair.cert);
    await writeFile(join(this.#folder, 'tls.key'), this.#pair.key, { mode: 0o600 });
    const flags = {
      port,
      'health-port': health,
      'metrics-port': 0,
      'certificate-directory': this.#folder,
      kubeconfig: await kubeconfigOf(this.#cluster, account, admin),
    };
    // As the image starts it.
    const args = ['--optimize-for-size', MAIN];
    for (const [flag, value] of Object.entries(flags)) args.push(`--${flag}`, String(value));
    this.#start(args, {});
    await answering(`http://127.0.0.1:${health}/readyz`);
    return `https://localhost:${port}/validate`;
  }

  /** Resolves with its address. */
  async emptyHere(): Promise<string> {
    const port = await freePort();
    const child = this.#start([EMPTY], this.#environment(port));
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', (code) => reject(new Error(`the empty webhook ended with ${code}`)));
    });
    return `https://localhost:${port}/`;
  }

  async emptyOnNode(): Promise<ClientConfig> {
    const [namespace, name] = [this.#namespace, 'empty'];
    const metadata = { name, labels: { webhook: name } };
    const port = 9443;
    await this.#cluster.create('Service', namespace, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: metadata.labels, ports: [{ port: 443, targetPort: port }] },
    });
    await this.#cluster.create('Pod', namespace, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        containers: [
          {
            name,
            image: NODE_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: ['/usr/bin/node', '--optimize-for-size', '--input-type=module'],
            args: ['--eval', await readFile(EMPTY, 'utf8')],
            env: Object.entries(this.#environment(port)).map(([key, value]) => ({
              name: key,
              value,
            })),
            readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          },
        ],
      },
    });
    const read = () => this.#cluster.read<Pod>('Pod', namespace, name);
    await awaitCondition('the empty webhook is ready', async () => isReady(await read()), {
      withinMs: READY_MS,
      describe: async () => JSON.stringify((await read()).status),
    });
    const caBundle = Buffer.from(this.ca).toString('base64');
    return { caBundle, service: { namespace, name } };
  }

  async end(): Promise<void> {
    for (const child of this.#processes) child.kill();
    await rm(this.#folder, { recursive: true });
  }

  #environment(port: number): Record<string, string> {
    return { CERT: this.#pair.cert, KEY: this.#pair.key, PORT: String(port) };
  }

  #start(args: readonly string[], env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // What it logs is read, so that it never waits for a reader.
    child.stdout.resume();
    this.#processes.push(child);
    return child;
  }
}

async function answering(url: string): Promise<void> {
  const answers = async () => {
    try {
      return (await fetch(url)).ok;
    } catch {
      return false;
    }
  };
  await awaitCondition(`${url} answers`, answers, { withinMs: READY_MS });
}
