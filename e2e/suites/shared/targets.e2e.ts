import { expect, test } from 'vitest';
import { deploy, readyPods, scale } from '../../support/deployment.ts';
import { START_MS } from '../../support/experiment.ts';
import { whileHeld } from '../../support/held.ts';
import { expectLosses, lossOf } from '../../support/losses.ts';
import { newService } from '../../support/service.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('targets');

const hit = (pods: readonly TestPod[]) =>
  pods.filter(({ ip }) => suite.watch.faults(ip).length > 0).map(({ name }) => name);

test('a Service and a workload as targets mean their pods, and no others', async () => {
  const [front] = await Promise.all([deploy(suite, 'front', 2), deploy(suite, 'rear', 1)]);
  await newService(suite, 'front', { app: 'front', only: 'tcp' });
  const short = { duration: '1s', direction: 'egress' } as const;
  for (const [name, targets] of [
    ['by-service', { service: { name: 'front' } }],
    ['by-workload', { workload: { kind: 'Deployment', name: 'front' } }],
  ] as const) {
    const experiment = await suite.experiment(name, {
      ...short,
      targets: { ...targets, count: '100%' },
    });
    const status = await experiment.ended();
    expect(status).toMatchObject({
      phase: 'Completed',
      plan: { matched: 2, selected: 2 },
    });
    expect(status.pods?.map((entry) => entry.name).sort()).toEqual(
      front.map((pod) => pod.name).sort(),
    );
  }
  expect(hit(front)).toHaveLength(2);
  expect(hit(await readyPods(suite, 'rear', 1))).toEqual([]);

  const nobody = await suite.experiment('by-nothing', {
    ...short,
    targets: { service: { name: 'nowhere' } },
  });
  expect(await nobody.ended()).toMatchObject({
    phase: 'Failed',
    plan: { matched: 0, rejected: [{ reason: 'NotFound', examples: ['service nowhere'] }] },
  });
});

test('one pod after another: the next has its fault when the one before is clean', async () => {
  const pods = await suite.pods(['turn-0', 'turn-1', 'turn-2'], { labels: { app: 'turn' } });
  const experiment = await suite.experiment('serial', {
    targets: { selector: { matchLabels: { app: 'turn' } }, count: 3, sequence: 'serial' },
    duration: '2s',
    direction: 'egress',
  });
  const status = await experiment.ended(3 * START_MS);
  expect(status).toMatchObject({ phase: 'Completed', summary: { injected: 3, recovered: 3 } });
  const turns = pods
    .map(({ ip }) => {
      const faults = suite.watch.faults(ip);
      expect(faults).toHaveLength(1);
      return faults[0]!;
    })
    .sort((a, b) => a.from - b.from);
  for (const [index, { from, to }] of turns.entries()) {
    expect(to! - from).toBeGreaterThanOrEqual(2_000);
    const before = turns[index - 1];
    if (before !== undefined) expect(from).toBeGreaterThan(before.to!);
  }
});

/** Room for a replacement to come on an emulated node. */
const DURATION_MS = 90_000;

test('a static run leaves replacements alone; a dynamic one gives them the fault for the time that is left', async () => {
  const [before] = await Promise.all([deploy(suite, 'moving', 2), deploy(suite, 'staying', 2)]);
  const spec = { duration: `${DURATION_MS / 1_000}s`, direction: 'egress' } as const;
  const dynamic = await suite.experiment('dynamic', {
    ...spec,
    targets: {
      workload: { kind: 'Deployment', name: 'moving' },
      count: 2,
      mode: 'dynamic',
    },
  });
  const fixed = await suite.experiment('static', {
    ...spec,
    targets: { workload: { kind: 'Deployment', name: 'staying' }, count: 2 },
  });
  const started = await dynamic.until(
    'both pods have their fault',
    ({ summary }) => summary?.injected === 2,
  );
  await fixed.until('both pods have their fault', ({ summary }) => summary?.injected === 2);

  const [leaving] = before;
  const staying = await readyPods(suite, 'staying', 2);
  for (const pod of [leaving!, staying[0]!]) {
    await suite.cluster.remove('Pod', suite.namespace, pod.name);
    await suite.waitGone(pod);
  }
  const moved = await readyPods(suite, 'moving', 2);
  const joined = moved.find(({ uid }) => !before.some((pod) => pod.uid === uid))!;
  await suite.awaitFault(joined);
  const replaced = (await readyPods(suite, 'staying', 2)).find(
    ({ uid }) => !staying.some((pod) => pod.uid === uid),
  )!;

  // One more than the count: it stays alone.
  const grown = await scale(suite, 'moving', 3);

  const status = await dynamic.ended(2 * START_MS);
  expect(status).toMatchObject({ phase: 'Completed', summary: { injected: 3 } });
  const third = grown.find(({ uid }) => !moved.some((pod) => pod.uid === uid))!;
  expect(suite.watch.faults(third.ip)).toEqual([]);
  const { offsetMs, uncertaintyMs } = await suite.watch.clockOffset();
  const first = Math.min(...(started.pods ?? []).map(({ applied }) => applied!));
  const end = Date.parse(status.startTime!) + first + DURATION_MS;
  const { to } = suite.watch.faults(joined.ip)[0]!;
  expect(Math.abs(to! - end)).toBeLessThan(1_000 + Math.abs(offsetMs) + uncertaintyMs);
  expect(suite.watch.active(joined.ip)).toEqual([]);

  const still = await fixed.ended();
  expect(still).toMatchObject({ phase: 'Completed', summary: { injected: 2, gone: 1 } });
  expect(suite.watch.faults(replaced.ip)).toEqual([]);
});

test("a restart of the pod's own container changes nothing: the same fault goes on, and ends as asked", async () => {
  const [pod, other] = (await suite.pods(['restarting', 'other'])) as [TestPod, TestPod];
  const lost = (from: TestPod, to: TestPod) => lossOf(suite.endpoint(from), suite.endpoint(to));
  const bothWays = (percent: number) =>
    expectLosses({ out: [lost(pod, other), percent], back: [lost(other, pod), percent] });
  await bothWays(0);
  const spec = { lossPercentage: 100, safety: { allowHighLoss: true } };
  await whileHeld(suite, pod, 'held', spec, async (running, experiment) => {
    await bothWays(100);
    const faults = suite.watch.faults(pod.ip);
    await suite.restartContainer(pod);
    await bothWays(100);
    expect(suite.watch.faults(pod.ip)).toEqual(faults);
    const { attempt, pods, phase } = await experiment.status();
    expect({ attempt, pods, phase }).toEqual({
      attempt: running.attempt,
      pods: running.pods,
      phase: 'Running',
    });
  });
  await bothWays(0);
});
