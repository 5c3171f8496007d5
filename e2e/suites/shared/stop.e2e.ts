import { expect, test } from 'vitest';
import { KubeError } from '../../../src/kube/errors.ts';
import { exec } from '../../../src/kube/exec.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { START_MS } from '../../support/experiment.ts';
import { isLeft, squallContainers } from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('stop');

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
    describe: () => suite.describe(),
  });
  const told = Date.now();
  const status = await experiment.ended();
  expect(suite.watch.active(pod.ip)).toEqual([]);
  const { offsetMs, uncertaintyMs } = await suite.watch.clockOffset();
  for (const { to } of suite.watch.faults(pod.ip)) {
    expect(to, 'it ends within a second of being told').toBeLessThanOrEqual(
      told + 1_000 + offsetMs + uncertaintyMs,
    );
  }
  // Whether it was still before its fault or just after, the agent knows that it was told.
  expect(['NotStarted', 'Stopped']).toContain(status.pods?.[0]?.reason);
  expect(await suite.watch.residue(pod.ip)).toBe(before);
});

/** Whether it was told: the end of the agent may take with it what the exec has to say of its own. */
async function stopAgent(container: string): Promise<boolean> {
  const command = ['/squall/agent', 'stop'];
  try {
    const { exitCode } = await exec(suite.cluster.client, {
      namespace: suite.namespace,
      pod: 'early',
      container,
      command,
    });
    if (exitCode === 0) return true;
  } catch (error) {
    // Nothing to execute in yet, or no more; any other fault of the call is one of the test.
    if (!(error instanceof KubeError)) throw error;
  }
  return isLeft(await suite.readPod('early'));
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
    const gone = await experiment.gone(START_MS);
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
