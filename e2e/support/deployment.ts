import { awaitCondition } from './await-condition.ts';
import { aPodTemplate, isReady, type Pod } from './pod.ts';
import type { Suite, TestPod } from './suite.ts';

/** A Deployment of the traffic program whose pods have its name as label `app`, and these pods once they are ready. */
export async function deploy(suite: Suite, name: string, replicas: number): Promise<TestPod[]> {
  const labels = { app: name };
  const template = aPodTemplate({ labels });
  await suite.cluster.create('Deployment', suite.namespace, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template },
  });
  return readyPods(suite, name, replicas);
}

/** Its pods once there are so many, all ready. Which of them are left when there are fewer is not for the caller to say. */
export async function scale(suite: Suite, name: string, replicas: number): Promise<TestPod[]> {
  await suite.cluster.patch('Deployment', suite.namespace, name, { spec: { replicas } });
  return readyPods(suite, name, replicas);
}

/** The pods of a Deployment, once so many of them are ready and no others are left. */
export async function readyPods(suite: Suite, name: string, replicas: number): Promise<TestPod[]> {
  const probe = async () => {
    const pods = (await suite.cluster.list<Pod>('Pod', suite.namespace)).filter(
      ({ metadata }) => metadata.labels?.['app'] === name,
    );
    return pods.length === replicas && pods.every(isReady) && pods;
  };
  const pods = await awaitCondition(`${replicas} pods of ${name} are ready`, probe, {
    withinMs: 120_000,
    describe: () => suite.describe(),
  });
  return Promise.all(pods.map(({ metadata }) => suite.pod(metadata.name)));
}
