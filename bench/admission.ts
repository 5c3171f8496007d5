/**
 * How long the admission of an experiment takes, with 1,000 pods matched. Run it by `make bench`; the status is 1 when
 * the budget is missed.
 * - On the node: server-side dry-run creates through the API server, with our webhook as it is installed, with one that
 *   allows everything, and with none. The lab's node is an emulated machine, so what runs on it is slow.
 * - Here: reviews to the program of our webhook, and to the one that allows everything, on this machine and with the
 *   cluster as it is. The budget is judged by this.
 */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { awaitCondition } from '../e2e/support/await-condition.ts';
import { Cluster, pathOf } from '../e2e/support/cluster.ts';
import { anExperiment } from '../e2e/support/experiment.ts';
import { labEnvironment } from '../e2e/support/lab.ts';
import { PhantomPods } from '../e2e/support/phantom.ts';
import { Webhook } from '../e2e/support/webhook.ts';
import { KubeClient } from '../src/kube/client.ts';
import { KubeError } from '../src/kube/errors.ts';
import { percentile } from './percentile.ts';
import { type ClientConfig, Webhooks } from './webhooks.ts';

const OWNERS = 20;
const PODS_EACH = 50;
const PODS = OWNERS * PODS_EACH;
/** Not counted: connections are made, and code is compiled. */
const WARM_UP = 30;
const ROUNDS = 300;
const BUDGET_MS = 50;

/** A second kind like ours, which the installed webhook is not asked about. */
const GROUP = 'bench.squall.dev';
const LABEL = 'squall.dev/bench';

const { kubeconfig } = await labEnvironment();
const client = await KubeClient.connect({ kubeconfig, userAgent: 'squall-bench' });
const cluster = new Cluster(client);
const namespace = `bench-admission-${randomBytes(3).toString('hex')}`;
const endings: (() => Promise<void>)[] = [() => client.close()];

const spec = {
  targets: {
    selector: { matchExpressions: [{ key: 'app', operator: 'Exists' as const }] },
    count: '10%',
  },
  duration: '30s',
};

/** Creates nothing: the API server does all but the last step. */
function create(path: string, apiVersion: string, label?: string): () => Promise<void> {
  const { metadata, ...rest } = anExperiment('bench', spec);
  const labels = label === undefined ? {} : { [LABEL]: label };
  const body = { ...rest, apiVersion, metadata: { ...metadata, labels } };
  return async () => {
    await client.request({ method: 'POST', path, query: { dryRun: 'All' }, body });
  };
}

const copy = (label?: string) =>
  create(
    `/apis/${GROUP}/v1alpha1/namespaces/${namespace}/chaosexperiments`,
    `${GROUP}/v1alpha1`,
    label,
  );

/** The same schema with the same rules, under another group. */
async function copyKind(): Promise<void> {
  const name = 'chaosexperiments.squall.dev';
  const { spec: own } = await cluster.read<{ spec: object }>('CustomResourceDefinition', '', name);
  const names = { plural: 'chaosexperiments', kind: 'ChaosExperiment' };
  const copied = `chaosexperiments.${GROUP}`;
  await cluster.create('CustomResourceDefinition', '', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: copied },
    spec: { ...own, group: GROUP, names },
  });
  endings.push(() => cluster.remove('CustomResourceDefinition', '', copied));
}

/** Experiments of the other kind with that label are reviewed there. */
async function reviewed(label: string, clientConfig: ClientConfig): Promise<void> {
  const name = `${namespace}-${label}`;
  await cluster.create('ValidatingWebhookConfiguration', '', {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${label}.${GROUP}`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        clientConfig,
        objectSelector: { matchLabels: { [LABEL]: label } },
        rules: [
          {
            apiGroups: [GROUP],
            apiVersions: ['v1alpha1'],
            resources: ['chaosexperiments'],
            operations: ['CREATE'],
          },
        ],
      },
    ],
  });
  endings.push(() => cluster.remove('ValidatingWebhookConfiguration', '', name));
}

/** Asks a webhook as the API server does, on a connection that is kept; resolves with what it answered. */
function asking(url: string, ca: string, servername: string): () => Promise<string> {
  const dispatcher = new Agent({ connections: 1, connect: { ca, servername } });
  endings.push(() => dispatcher.close());
  const resource = { group: 'squall.dev', version: 'v1alpha1' };
  const object = anExperiment('bench', spec);
  const body = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'bench',
      kind: { ...resource, kind: 'ChaosExperiment' },
      resource: { ...resource, resource: 'chaosexperiments' },
      operation: 'CREATE',
      namespace,
      name: 'bench',
      userInfo: { username: 'bench', groups: ['system:masters'] },
      object: { ...object, metadata: { ...object.metadata, namespace } },
    },
  });
  return async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await request(url, { method: 'POST', headers, body, dispatcher });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode}, ${text}`);
    return text;
  };
}

async function knowsAll(what: string, ask: () => Promise<string>): Promise<void> {
  let last = '';
  const all = async () => {
    last = await ask();
    return last.includes(`would hit ${PODS / 10} of ${PODS} matching pods`);
  };
  await awaitCondition(`${what} knows ${PODS} pods`, all, {
    withinMs: 60_000,
    describe: () => last,
  });
}

/** Until the API server has noticed what was created: kind and webhooks. */
async function answered(name: string, ask: () => Promise<unknown>): Promise<void> {
  let last: unknown;
  const probe = async () => {
    try {
      await ask();
      return true;
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      last = error;
      return false;
    }
  };
  await awaitCondition(`${name} answers`, probe, {
    withinMs: 60_000,
    describe: () => String(last),
  });
}

type Paths = ReadonlyMap<string, () => Promise<unknown>>;

async function prepare(): Promise<Paths> {
  await cluster.create('Namespace', '', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  endings.push(() => cluster.remove('Namespace', '', namespace));
  const phantoms = await PhantomPods.on(cluster, namespace);
  endings.push(() => phantoms.remove());
  await Promise.all(
    Array.from({ length: OWNERS }, (_, n) => phantoms.replicas(namespace, `app-${n}`, PODS_EACH)),
  );
  const webhooks = await Webhooks.create(cluster, namespace);
  endings.push(() => webhooks.end());
  const here = async (url: string) => asking(url, webhooks.ca, 'localhost');
  const ours = await here(await webhooks.oursHere(kubeconfig));
  const empty = await here(await webhooks.emptyHere());
  await knowsAll('our webhook here', ours);
  const installed = new Webhook(cluster);
  const { ip, ca } = await installed.endpoint();
  await knowsAll(
    'the installed webhook',
    asking(`https://${ip}/validate`, ca, installed.serverName),
  );
  await copyKind();
  await reviewed('empty', await webhooks.emptyOnNode());
  const paths = new Map<string, () => Promise<unknown>>([
    ['none', copy()],
    ['empty on the node', copy('empty')],
    ['ours on the node', create(pathOf('ChaosExperiment', namespace), 'squall.dev/v1alpha1')],
    ['empty here', empty],
    ['ours here', ours],
  ]);
  for (const [name, ask] of paths) await answered(name, ask);
  return paths;
}

async function measure(paths: Paths): Promise<ReadonlyMap<string, readonly number[]>> {
  const taken = new Map([...paths].map(([name]): [string, number[]] => [name, []]));
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [name, ask] of paths) {
      const began = performance.now();
      await ask();
      if (round >= 0) taken.get(name)!.push(performance.now() - began);
    }
  }
  return taken;
}

/** Prints what was measured; returns whether the budget is kept. */
function report(taken: ReadonlyMap<string, readonly number[]>): boolean {
  const of = (name: string, percent: number) => percentile(taken.get(name) ?? [], percent);
  const row = (name: string, of50: string, of99: string) =>
    console.log(`  ${name.padEnd(24)}${of50.padStart(9)}${of99.padStart(9)}`);
  const rows = (where: string, names: readonly string[]) => {
    for (const name of names) row(name, of(name, 50).toFixed(1), of(name, 99).toFixed(1));
    const ratio = (percent: number) => of(`ours ${where}`, percent) / of(`empty ${where}`, percent);
    row(`ours / empty ${where}`, ratio(50).toFixed(2), ratio(99).toFixed(2));
  };
  console.log(`admission with ${PODS} pods of ${OWNERS} owners matched, ${ROUNDS} of each in turn`);
  row('', 'p50 ms', 'p99 ms');
  console.log('server-side dry-run creates, the webhook on the emulated node:');
  rows('on the node', ['none', 'empty on the node', 'ours on the node']);
  console.log('reviews, the webhook on this machine:');
  rows('here', ['empty here', 'ours here']);
  const p99 = of('ours here', 99);
  const met = p99 < BUDGET_MS;
  console.log(
    `budget: p99 under ${BUDGET_MS} ms on this machine: ${p99.toFixed(1)} ms, ${met ? 'met' : 'MISSED'}`,
  );
  return met;
}

try {
  process.exitCode = report(await measure(await prepare())) ? 0 : 1;
} finally {
  for (const ending of endings.reverse()) await ending();
}
