import { describe, expect, test } from 'vitest';
import type { ChaosExperimentStatus } from '../../../src/api/v1alpha1/chaos-experiment.generated.ts';
import { type Failpoint, failpoints } from '../../../src/controller/failpoint.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import type { ControllerProcess } from '../../support/controller-process.ts';
import { condition, type Experiment } from '../../support/experiment.ts';
import { squallContainers } from '../../support/pod.ts';
import { PodPool } from '../../support/pod-pool.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('crash', { ownController: true });

/** What is done to a run so that it comes to the step at which the controller dies, and how the run has to end. */
interface Story {
  readonly duration: string;
  readonly afterStart?: (experiment: Experiment, pods: readonly TestPod[]) => Promise<void>;
  readonly phase: 'Completed' | 'Aborted';
  readonly reason: 'Elapsed' | 'Stopped' | 'Reaped';
}

const left: Story = { duration: '3s', phase: 'Completed', reason: 'Elapsed' };
const stopped: Story = {
  duration: '10m',
  phase: 'Aborted',
  reason: 'Stopped',
  afterStart: (experiment) => experiment.annotate({ 'squall.dev/stop': 'test' }),
};
const killed: Story = {
  duration: '10m',
  phase: 'Completed',
  reason: 'Reaped',
  afterStart: async (_, pods) => {
    for (const pod of pods) await suite.killAgent(pod);
  },
};

const stories: Record<Failpoint, Story> = {
  'before-finalizer': left,
  'after-finalizer': left,
  'after-write-ahead': left,
  'before-inject': left,
  'after-inject': left,
  'after-proof': left,
  'before-stop': stopped,
  'after-stop': stopped,
  'before-reap': killed,
  'after-reap': killed,
  'before-final-status': left,
  'after-final-status': left,
  'after-finalizer-removal': left,
};

async function expectRightEnd(
  status: ChaosExperimentStatus,
  story: Story,
  pods: readonly TestPod[],
): Promise<void> {
  expect(status, JSON.stringify(status)).toMatchObject({
    phase: story.phase,
    attempt: 1,
    summary: {
      pods: `${pods.length}/${pods.length}`,
      recovered: pods.length,
      leaked: 0,
      unknown: 0,
    },
  });
  expect(status.pods?.map(({ state, reason }) => [state, reason])).toEqual(
    pods.map(() => ['Recovered', story.reason]),
  );
  expect(condition(status, 'Recovered')?.status).toBe('True');
  const container = status.run?.container ?? '';
  for (const { name, ip } of pods) {
    const ours = squallContainers(await suite.readPod(name)).filter((candidate) =>
      candidate.startsWith(container),
    );
    // A reaper may also come to an agent that seems overdue on a busy node; an agent never comes twice.
    expect(ours.filter((candidate) => candidate === container)).toHaveLength(1);
    expect(ours.length).toBeLessThanOrEqual(2);
    if (story.reason === 'Reaped') expect(ours).toContain(`${container}-r1`);
    expect(suite.watch.active(ip)).toEqual([]);
  }
}

const pairs = new PodPool(suite, 'pair', 2);

describe('killed at a named step and started again, the controller brings the run to its end', () => {
  test.concurrent.each(failpoints)('%s', (failpoint) =>
    pairs.lend(async (pods) => {
      const story = stories[failpoint];
      const shard = `${suite.namespace}.${failpoint}`;
      const dying = await suite.controller({ shard, failpoint });
      const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
      const earlier = pods.map(({ ip }) => suite.watch.faults(ip).length);
      const experiment = await suite.experiment(
        failpoint,
        {
          targets: { podNames: pods.map(({ name }) => name), count: 2 },
          duration: story.duration,
        },
        shard,
      );
      if (story.afterStart !== undefined) {
        await experiment.phase('Running');
        await story.afterStart(experiment, pods);
      }
      expect(await dying.death(90_000)).toBe('SIGKILL');

      const controller = await suite.controller({ shard });
      await expectRightEnd(await experiment.ended(), story, pods);
      for (const [n, { ip }] of pods.entries()) {
        const faults = suite.watch.faults(ip).slice(earlier[n]);
        expect(faults.map(({ direction }) => direction).sort()).toEqual(['egress', 'ingress']);
      }
      expect(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)))).toEqual(before);
      await controller.ready();
      await experiment.delete();
      await experiment.gone(10_000);
      await controller.kill();
    }),
  );
});

const LANES = [0, 1, 2, 3, 4] as const;
/** A pod has room for so many runs, each with a reaper. */
const KILLS_PER_LANE = 4;
/** From before the start of the controller's work to after the end of the run. */
const LONGEST_DELAY_MS = 8_000;

test.concurrent.each(LANES)(
  'killed at random times and started again, it does so as well (lane %i of 5, 4 kills)',
  async (lane) => {
    const shard = `${suite.namespace}.lane-${lane}`;
    const names = [0, 1].map((n) => `lane-${lane}-${n}`);
    const pods = await suite.pods(names, { labels: { app: `lane-${lane}` } });
    let controller: ControllerProcess = await (await suite.controller({ shard })).ready();
    const delays: number[] = [];
    for (let kill = 0; kill < KILLS_PER_LANE; kill += 1) {
      const delay = Math.round(Math.random() * LONGEST_DELAY_MS);
      delays.push(delay);
      const experiment = await suite.experiment(
        `lane-${lane}-${kill}`,
        {
          targets: { selector: { matchLabels: { app: `lane-${lane}` } }, count: 2 },
          duration: '3s',
          direction: 'egress',
        },
        shard,
      );
      await awaitCondition(
        'the time of the kill',
        () => Date.now() - experiment.createdMs >= delay,
        {
          withinMs: delay + 1_000,
          everyMs: 5,
        },
      );
      await controller.kill();
      controller = await suite.controller({ shard });
      const status = await experiment.ended();
      await expectRightEnd(status, left, pods).catch((error: unknown) => {
        throw new Error(
          `killed ${delay} ms after the experiment was created: ${JSON.stringify(status)}`,
          { cause: error },
        );
      });
      for (const { ip } of pods) expect(suite.watch.faults(ip)).toHaveLength(kill + 1);
      await experiment.delete();
      await experiment.gone(10_000);
    }
    console.log(
      `lane ${lane}: controller killed ${delays.join(', ')} ms after the experiment was created`,
    );
    await controller.kill();
  },
);
