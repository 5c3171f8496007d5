import { expect, test } from 'vitest';
import { KubeError } from '../../../src/kube/errors.ts';
import { exec } from '../../../src/kube/exec.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { squallContainers } from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('stop');

/** What a person is promised who ends a run, at the speed of an emulated node. */
const PROMISED_MS = 5_000;

const three = (name: string) => [0, 1, 2].map((n) => `${name}-${n}`);

async function threeUnderFault(name: string) {
  const pods = await suite.pods(three(name), { labels: { app: name } });
  const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
  const experiment = await suite.experiment(name, {
    targets: { selector: { matchLabels: { app: name } }, count: '100%' },
    duration: '10m',
    lossPercentage: 20,
  });
  await experiment.phase('Running');
  expect(pods.map(({ ip }) => suite.watch.active(ip).length)).toEqual([2, 2, 2]);
  const expectClean = async () => {
    expect(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)))).toEqual(before);
  };
  return { pods, experiment, expectClean };
}

test('deleting a run mid-fault leaves clean pods and no object within 5 s', async () => {
  const { pods, experiment, expectClean } = await threeUnderFault('deleted');
  const asked = Date.now();
  await experiment.delete();
  await Promise.all(pods.map((pod) => suite.awaitClean(pod, PROMISED_MS)));
  const clean = Date.now() - asked;
  const gone = (await experiment.gone(PROMISED_MS)) - asked;
  console.log(
    `deletion mid-fault, 3 pods: clean after ${clean} ms, object gone after ${gone} ms (Chaos Mesh: 1.0-3.4 s, 3.0-3.5 s)`,
  );
  expect(clean).toBeLessThan(PROMISED_MS);
  expect(gone).toBeLessThan(PROMISED_MS);
  await expectClean();
});

test('the stop annotation aborts a run within 5 s and keeps its status', async () => {
  const { pods, experiment, expectClean } = await threeUnderFault('annotated');
  const asked = Date.now();
  await experiment.annotate({ 'squall.dev/stop': 'seen enough' });
  await Promise.all(pods.map((pod) => suite.awaitClean(pod, PROMISED_MS)));
  const status = await experiment.phase('Aborted', PROMISED_MS);
  expect(Date.now() - asked).toBeLessThan(PROMISED_MS + 200);
  expect(status.message).toContain('seen enough');
  expect(status.pods?.map(({ state, reason }) => [state, reason])).toEqual(
    Array(3).fill(['Recovered', 'Stopped']),
  );
  expect(status.summary).toMatchObject({ pods: '3/3', injected: 3, recovered: 3 });
  await expectClean();
});

test('a stop that arrives before the agent can hear it stops it all the same', async () => {
  const pod = await suite.newPod('early');
  const before = await suite.watch.residue(pod.ip);
  const experiment = await suite.experiment('early', {
    targets: { podNames: ['early'] },
    duration: '10m',
  });
  const container = await awaitCondition(
    'the container is in the pod',
    async () => squallContainers(await suite.readPod('early'))[0],
    { withinMs: 30_000, everyMs: 20 },
  );
  // As soon as the runtime can execute anything in the container: its entrypoint has only just begun.
  await awaitCondition('the agent is told to stop', () => stopAgent(container), {
    withinMs: 60_000,
    everyMs: 5,
  });
  const status = await experiment.ended();
  expect(suite.watch.active(pod.ip)).toEqual([]);
  for (const { from, to } of suite.watch.faults(pod.ip)) expect(to! - from).toBeLessThan(2_000);
  expect(status.pods?.[0]?.reason).toBe('Stopped');
  expect(await suite.watch.residue(pod.ip)).toBe(before);
});

async function stopAgent(container: string): Promise<boolean> {
  const command = ['/squall/agent', 'stop'];
  try {
    const { exitCode } = await exec(suite.cluster.client, {
      namespace: suite.namespace,
      pod: 'early',
      container,
      command,
    });
    return exitCode === 0;
  } catch (error) {
    // Nothing to execute in yet; any other fault of the call is one of the test.
    if (error instanceof KubeError) return false;
    throw error;
  }
}

test.each([0, 700, 1_500, 2_300, 3_000])(
  'deleted %i ms after it was created, it leaves nothing',
  async (afterMs) => {
    const name = `soon-${afterMs}`;
    const pod = await suite.newPod(name);
    const before = await suite.watch.residue(pod.ip);
    const experiment = await suite.experiment(name, {
      targets: { podNames: [name] },
      duration: '10m',
    });
    await awaitCondition('the time has come', () => Date.now() - experiment.createdMs >= afterMs, {
      withinMs: afterMs + 1_000,
      everyMs: 5,
    });
    const asked = Date.now();
    await experiment.delete();
    const gone = await experiment.gone(30_000);
    console.log(`deleted after ${afterMs} ms: gone ${gone - asked} ms later`);
    const offset = await suite.watch.clockOffset();
    for (const { to } of suite.watch.faults(pod.ip)) {
      expect(to, 'no fault without its object').toBeLessThanOrEqual(
        gone + offset.offsetMs + offset.uncertaintyMs,
      );
    }
    expect(await suite.watch.residue(pod.ip)).toBe(before);
  },
);
