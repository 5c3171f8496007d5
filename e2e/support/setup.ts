import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { KubeClient } from '../../src/kube/client.ts';
import { CONTROLLER_ACCOUNT } from './account.ts';
import { awaitCondition } from './await-condition.ts';
import { Cluster } from './cluster.ts';
import { SHARD_LABEL } from './experiment.ts';
import { type LabEnvironment, labEnvironment, onNode, run } from './lab.ts';
import { startWatchRelay } from './watch-relay.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The lab's environment, the path of the traffic program, and the socket of the watch on the node. */
    lab: LabEnvironment & { readonly traffic: string; readonly watch: string };
  }
}

/** Where the traffic program is put on the node. */
const NODE_TRAFFIC = '/run/squall-e2e-traffic';

const TRAFFIC_SOURCES = fileURLToPath(new URL('../traffic', import.meta.url));

/** Once for all suites; returns what undoes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const endings: (() => Promise<void>)[] = [];
  const undo = async () => {
    for (const ending of endings.reverse()) await ending();
  };
  try {
    await begin(project, endings);
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

async function begin(project: TestProject, endings: (() => Promise<void>)[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'squall-e2e-'));
  endings.push(() => rm(folder, { recursive: true }));
  const traffic = join(folder, 'traffic');
  const lab = await labEnvironment();
  await build(traffic);
  await onNode(
    `cat >${NODE_TRAFFIC}.new && chmod +x ${NODE_TRAFFIC}.new && mv ${NODE_TRAFFIC}.new ${NODE_TRAFFIC}`,
    {
      stdin: await readFile(traffic),
    },
  );
  // Before everything else on the node: what the watch itself waits would count as lateness of a fault.
  const relay = await startWatchRelay(`exec chrt --fifo 10 ${NODE_TRAFFIC} watch`);
  endings.push(() => relay.stop());
  endings.push(await startSink(traffic));
  const client = await KubeClient.connect({ kubeconfig: lab.kubeconfig });
  endings.push(() => client.close());
  endings.push(await leaveShardsAlone(new Cluster(client)));
  project.provide('lab', { ...lab, traffic, watch: relay.path });
}

async function build(to: string): Promise<void> {
  const flags = ['build', '-C', TRAFFIC_SOURCES, '-trimpath', '-ldflags', '-s -w', '-o', to, '.'];
  const built = await run('env', ['CGO_ENABLED=0', 'go', ...flags], { timeoutMs: 300_000 });
  if (built.exitCode !== 0) throw new Error(`go build of traffic: ${built.stderr}`);
}

/** Counts what arrives at the host, in this network namespace, for as long as this process lives. */
async function startSink(traffic: string): Promise<() => Promise<void>> {
  const sink = spawn(traffic, ['serve', '-http', '0', '-attached'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(sink.stdout, 'data'),
    once(sink, 'exit').then(([code]) =>
      Promise.reject(new Error(`traffic serve ended with ${code}`)),
    ),
  ]);
  return async () => {
    const exited = once(sink, 'exit');
    sink.stdin.end();
    await exited;
  };
}

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly args?: readonly string[];
        }[];
      };
    };
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly replicas?: number;
  };
}

/** The installed controller keeps away from experiments that a test's own controller runs. */
async function leaveShardsAlone(cluster: Cluster): Promise<() => Promise<void>> {
  const { namespace, name } = CONTROLLER_ACCOUNT;
  const before = await cluster.read<Deployment>('Deployment', namespace, name);
  const [container] = before.spec.template.spec.containers;
  if (container === undefined) throw new Error('the installed controller has no container');
  const setArgs = async (args: readonly string[]) => {
    await cluster.client.request({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
      contentType: 'application/strategic-merge-patch+json',
      body: { spec: { template: { spec: { containers: [{ name: container.name, args }] } } } },
    });
    await awaitCondition('the installed controller runs', () => rolledOut(cluster), {
      withinMs: 180_000,
      everyMs: 250,
    });
  };
  const added = ['--watch-label-selector', `!${SHARD_LABEL}`];
  // What a run that was killed has left is not what was installed.
  const args = (container.args ?? []).filter((arg) => !added.includes(arg));
  await setArgs([...args, ...added]);
  return () => setArgs(args);
}

async function rolledOut(cluster: Cluster): Promise<boolean> {
  const { metadata, spec, status } = await cluster.read<Deployment>(
    'Deployment',
    CONTROLLER_ACCOUNT.namespace,
    CONTROLLER_ACCOUNT.name,
  );
  return (
    status.observedGeneration === metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.availableReplicas === spec.replicas &&
    status.replicas === spec.replicas
  );
}
