import { expect, test } from 'vitest';
import { awaitCondition } from '../../support/await-condition.ts';
import { anExperiment, SHARD_LABEL } from '../../support/experiment.ts';
import { kubectl } from '../../support/lab.ts';
import { agentContainers } from '../../support/pod.ts';
import { type TestPod, useSuite } from '../../support/suite.ts';

const suite = useSuite('selection', { ownController: true });

const RUNS = 10;

async function containersOf(pods: readonly TestPod[]): Promise<string[][]> {
  return Promise.all(pods.map(async ({ name }) => agentContainers(await suite.readPod(name))));
}

/** The controller has seen everything that happened before: it has planned an experiment that came later. */
async function awaitControllerUpToDate(name: string): Promise<void> {
  const later = await suite.experiment(name, {
    targets: { podNames: ['nobody'] },
    duration: '1s',
    dryRun: true,
  });
  await later.phase('Failed');
}

test('count 1 of 3 hits exactly one pod, in each of 10 runs', { timeout: 400_000 }, async () => {
  await (await suite.controller()).ready();
  // Two teams of three, so that no pod is hit by more runs than it has room for.
  const teams = await Promise.all(
    ['red', 'blue'].map((team) =>
      suite.pods(
        [0, 1, 2].map((n) => `${team}-${n}`),
        { labels: { team } },
      ),
    ),
  );
  const hits = await Promise.all(
    teams.map(async (pods, team) => {
      const hit: string[] = [];
      for (let run = 0; run < RUNS / 2; run += 1) {
        const before = pods.map(({ ip }) => suite.watch.faults(ip).length);
        const experiment = await suite.experiment(`${team}-run-${run}`, {
          targets: { selector: { matchLabels: { team: ['red', 'blue'][team]! } }, count: 1 },
          duration: '1s',
          direction: 'egress',
        });
        const status = await experiment.ended();
        expect(status).toMatchObject({
          phase: 'Completed',
          plan: { matched: 3, eligible: 3, selected: 1 },
        });
        const names = pods
          .filter(({ ip }, index) => suite.watch.faults(ip).length !== before[index])
          .map(({ name }) => name);
        expect(names).toEqual(status.pods?.map(({ name }) => name));
        expect(names).toHaveLength(1);
        hit.push(...names);
      }
      return hit;
    }),
  );
  expect(hits.flat()).toHaveLength(RUNS);
  expect((await Promise.all(teams.map(containersOf))).flat(2)).toHaveLength(RUNS);
  console.log(
    `count 1 of 3, pods really hit in 10 runs: ${hits
      .flat()
      .map(() => 1)
      .join(' ')} (k8s-chaos: 2 1 2 3 3 1 1 2 3 2)`,
  );
});

test('applying the same file again, or another controller, starts nothing again; a new object of the name does', async () => {
  const pods = await suite.pods(['again-0', 'again-1', 'again-2'], { labels: { app: 'again' } });
  const manifest = anExperiment('again', {
    targets: { selector: { matchLabels: { app: 'again' } }, count: 3 },
    duration: '2s',
  });
  const file = JSON.stringify({
    ...manifest,
    metadata: {
      ...manifest.metadata,
      namespace: suite.namespace,
      labels: { [SHARD_LABEL]: suite.namespace },
    },
  });
  const apply = async () => {
    const applied = await kubectl(['apply', '-f', '-'], { stdin: file });
    expect(applied.exitCode, applied.stderr).toBe(0);
    return applied.stdout;
  };

  let controller = await (await suite.controller()).ready();
  await apply();
  const experiment = suite.existing('again');
  const first = await experiment.phase('Completed');
  const uid = (await experiment.read()).metadata.uid;
  const once = await containersOf(pods);
  expect(once.flat()).toHaveLength(3);

  expect(await apply()).toContain('unchanged');
  await awaitControllerUpToDate('later-1');
  await controller.stop();
  controller = await (await suite.controller()).ready();
  await apply();
  await awaitControllerUpToDate('later-2');
  expect(await experiment.status()).toEqual(first);
  expect(await containersOf(pods)).toEqual(once);
  expect(pods.map(({ ip }) => suite.watch.faults(ip).length)).toEqual([2, 2, 2]);

  await experiment.delete();
  await experiment.gone(5_000);
  await apply();
  const second = await experiment.phase('Completed');
  expect((await experiment.read()).metadata.uid).not.toBe(uid);
  expect(second.run?.container).not.toBe(first.run?.container);
  expect(Date.parse(second.startTime!)).toBeGreaterThan(Date.parse(first.endTime!));
  for (const [index, { ip, name }] of pods.entries()) {
    // The second run's proof is of the second run's fault, which the node has seen begin after the first had ended.
    const faults = suite.watch.faults(ip);
    expect(faults).toHaveLength(4);
    const [, , again] = faults;
    expect(again!.from).toBeGreaterThan(faults[1]!.to!);
    const entry = second.pods?.find((candidate) => candidate.name === name);
    expect(entry).toMatchObject({ state: 'Recovered', reason: 'Elapsed' });
    const containers = new Set((await containersOf(pods))[index]);
    expect(containers).toEqual(new Set([first.run?.container, second.run?.container]));
  }
  await awaitCondition(
    'no fault',
    () => pods.every(({ ip }) => suite.watch.active(ip).length === 0),
    { withinMs: 5_000 },
  );
});
