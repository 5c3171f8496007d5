import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import type { Experiment } from '../../support/experiment.ts';
import { nodeAtRest } from '../../support/lab.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('timing', { ownController: true });

const DURATION_MS = 10_000;
/** How far from its time a fault may end, as seen on the node. */
const TOLERANCE_MS = 250;
/** Runs of each kind: with the controller alive, and killed and left dead. */
const RUNS = 5;

/** In milliseconds, over all runs. */
interface Figures {
  /** One a run: from just before the object was created to netem in the last pod. */
  readonly toLastNetem: number[];
  /** One a fault: its end, counted from the moment that the status calls applied plus the duration. */
  readonly late: number[];
  /** One a fault: from the first qdisc, which is before the install is complete, to the last. */
  readonly held: number[];
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const spread = (values: readonly number[], digits: number) =>
  [Math.min(...values), median(values), Math.max(...values)]
    .map((ms) => (ms / 1_000).toFixed(digits))
    .join('/');

async function threePods(name: string): Promise<TestPod[]> {
  return suite.pods(
    [0, 1, 2].map((n) => `${name}-${n}`),
    { labels: { app: name } },
  );
}

/** One run in three pods; adds what the node has seen. `onceRunning` may do away with the controller. */
async function observe(
  name: string,
  pods: readonly TestPod[],
  figures: Figures,
  onceRunning = async () => {},
) {
  await nodeAtRest();
  const clock = await suite.watch.clockOffset();
  const first = pods.map(({ ip }) => suite.watch.faults(ip).length);
  const seen = () => pods.flatMap(({ ip }, pod) => suite.watch.faults(ip).slice(first[pod]));
  const app = pods[0]!.name.replace(/-\d$/, '');
  const experiment = await suite.experiment(name, {
    targets: { selector: { matchLabels: { app } }, count: 3 },
    duration: `${DURATION_MS}ms`,
  });
  const { startTime, pods: applied } = await experiment.phase('Running');
  await onceRunning();
  await awaitCondition(
    'the faults end',
    () => seen().length === 6 && seen().every(({ to }) => to !== undefined),
    {
      withinMs: DURATION_MS + 20_000,
      everyMs: 20,
    },
  );
  const egress = seen().filter(({ direction }) => direction === 'egress');
  expect(egress).toHaveLength(3);
  figures.toLastNetem.push(
    Math.max(...egress.map(({ from }) => from)) - clock.offsetMs - experiment.createdMs,
  );
  figures.held.push(...seen().map(({ from, to }) => to! - from));
  for (const [pod, { name: podName, ip }] of pods.entries()) {
    const entry = applied?.find((candidate) => candidate.name === podName);
    const appliedAt = Date.parse(startTime!) + entry!.applied!;
    const faults = suite.watch.faults(ip).slice(first[pod]);
    figures.late.push(...faults.map(({ to }) => to! - appliedAt - DURATION_MS));
  }
  return experiment;
}

function expectInTime({ late }: Figures): void {
  expect(late).toHaveLength(RUNS * 6);
  for (const ms of late) expect(Math.abs(ms)).toBeLessThanOrEqual(TOLERANCE_MS);
}

const alive: Figures = { toLastNetem: [], late: [], held: [] };
const dead: Figures = { toLastNetem: [], late: [], held: [] };

test('every fault of 3 pods and 5 runs ends within 250 ms of its 10 s', {
  timeout: 300_000,
}, async () => {
  const controller = await (await suite.controller()).ready();
  const pods = await threePods('alive');
  const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
  for (let run = 0; run < RUNS; run += 1) {
    const experiment = await observe(`alive-${run}`, pods, alive);
    const status = await experiment.phase('Completed');
    expect(status.pods?.map(({ reason }) => reason)).toEqual(['Elapsed', 'Elapsed', 'Elapsed']);
  }
  await controller.stop();
  expectInTime(alive);
  expect(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)))).toEqual(before);
});

test('so does every fault whose controller was killed and left dead', {
  timeout: 300_000,
}, async () => {
  const pods = await threePods('dead');
  const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
  let unattended: Experiment | undefined;
  for (let run = 0; run < RUNS; run += 1) {
    const controller = await (await suite.controller()).ready();
    // The controller that comes next finds out how the run before it ended.
    await unattended?.phase('Completed');
    unattended = await observe(`dead-${run}`, pods, dead, () => controller.kill());
    expect((await unattended.status()).phase, 'nobody has looked after the run').toBe('Running');
  }
  expectInTime(dead);
  // Here nobody says when the agents are done with the last of what they take away.
  const asBefore = async () =>
    isDeepStrictEqual(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip))), before);
  await awaitCondition('the pods are what they were', asBefore, { withinMs: 30_000 });
});

test('the figures, beside those of others', () => {
  const toLast = [...alive.toLastNetem, ...dead.toLastNetem];
  const late = [...alive.late, ...dead.late];
  const held = [...alive.held, ...dead.held].map((ms) => ms - DURATION_MS);
  console.log(
    [
      `apply to netem in the last of 3 pods (N=${toLast.length}, min/med/max): ${spread(toLast, 2)} s`,
      '  k8s-chaos 2.25/2.81/3.28 s, Chaos Mesh 3.11/3.43/4.41 s (N=5 each)',
      `end minus (applied + ${DURATION_MS / 1_000} s), as seen on the node (N=${late.length}): ${spread(late, 3)} s`,
      `time held minus time asked, install included (N=${held.length}): ${spread(held, 3)} s`,
      '  k8s-chaos +0.03/+0.09/+0.22 s, Chaos Mesh -1.40/-0.86/-0.63 s (N=15 each)',
    ].join('\n'),
  );
  expect(toLast).toHaveLength(2 * RUNS);
  expect(late).toHaveLength(12 * RUNS);
});
