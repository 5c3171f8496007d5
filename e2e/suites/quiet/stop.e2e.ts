import { expect, test } from 'vitest';
import { nodeAtRest } from '../../support/lab.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('quiet-stop');

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
  // The start of the pods is none of what is measured.
  await nodeAtRest();
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
