import { beforeAll, expect, test } from 'vitest';
import { controllerRules } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { condition } from '../../support/experiment.ts';
import { isLeft, squallContainers } from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('leak', { ownController: true });

/** The promise for a fault that its agent could not take away. */
const REAPED_WITHIN_MS = 30_000;

beforeAll(async () => {
  await (await suite.controller()).ready();
});

async function underFault(name: string, duration: string) {
  const pod = await suite.newPod(name);
  const before = await suite.watch.residue(pod.ip);
  const experiment = await suite.experiment(name, {
    targets: { podNames: [name] },
    duration,
  });
  const running = await experiment.phase('Running');
  return { pod, before, experiment, running };
}

test('an agent killed mid-fault is Leaked, and reaped within 30 s', async () => {
  const { pod, before, experiment } = await underFault('killed', '10m');
  await suite.killAgent(pod);
  expect(suite.watch.active(pod.ip), 'the fault outlives its agent').not.toEqual([]);

  const leaked = await experiment.until(
    'a leaked pod',
    ({ pods }) => pods?.[0]?.state === 'Leaked',
    REAPED_WITHIN_MS,
  );
  expect(leaked.pods?.[0]).toMatchObject({ state: 'Leaked', reason: 'AgentDied' });
  expect(condition(leaked, 'Recovered')?.status).toBe('False');
  const took = await suite.awaitClean(pod, REAPED_WITHIN_MS);
  const status = await experiment.ended(10_000);
  expect(await suite.watch.residue(pod.ip)).toBe(before);
  expect(status.pods?.[0]).toMatchObject({ state: 'Recovered', reason: 'Reaped', reaps: 1 });
  expect(condition(status, 'Recovered')).toMatchObject({ status: 'True', reason: 'AllClean' });
  expect(condition(status, 'Degraded')).toMatchObject({ status: 'True', reason: 'Leaked' });
  await suite.awaitEvents('killed', ['Leaked']);
  console.log(`agent killed: clean ${took} ms after status said Leaked`);
});

test('an agent frozen mid-fault is told to end, and reaped within 30 s of the end of its fault', async () => {
  const { pod, before, experiment, running } = await underFault('frozen', '15s');
  await suite.freezeAgent(pod);
  const dueAt = Date.parse(running.startTime!) + running.pods![0]!.applied! + 15_000;
  await suite.awaitClean(pod, dueAt + REAPED_WITHIN_MS - Date.now());
  const took = Date.now() - dueAt;
  expect(took, 'a frozen agent ends nothing').toBeGreaterThan(1_000);

  const status = await experiment.ended(10_000);
  expect(status.pods?.[0]).toMatchObject({ state: 'Recovered', reason: 'Reaped', reaps: 1 });
  expect(condition(status, 'Recovered')).toMatchObject({ status: 'True', reason: 'AllClean' });

  await suite.thawAgent(pod);
  const ended = async () => isLeft(await suite.readPod(pod.name));
  await awaitCondition('the agent ends when it is thawed', ended, { withinMs: 30_000 });
  expect(await suite.watch.residue(pod.ip)).toBe(before);
  console.log(`agent frozen: clean ${took} ms after the end of its fault`);
});

test('with exec denied, deletion and stop still clean the pod, by the reaper', async () => {
  const shard = `${suite.namespace}-noexec`;
  const kubeconfig = await accountWithoutExec();
  await (await suite.controller({ kubeconfig, shard })).ready();
  const names = ['noexec-deleted', 'noexec-stopped'];
  const pods = await suite.pods(names);
  const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
  const [deleted, stopped] = await Promise.all(
    names.map((name) =>
      suite.experiment(name, { targets: { podNames: [name] }, duration: '10m' }, shard),
    ),
  );
  await Promise.all([deleted!.phase('Running'), stopped!.phase('Running')]);
  await Promise.all([deleted!.delete(), stopped!.annotate({ 'squall.dev/stop': 'without exec' })]);
  const took = await Promise.all(pods.map((pod) => suite.awaitClean(pod, REAPED_WITHIN_MS)));
  await deleted!.gone(REAPED_WITHIN_MS);
  const status = await stopped!.phase('Aborted', REAPED_WITHIN_MS);
  expect(status.pods?.[0]?.state).toBe('Recovered');
  for (const { name } of pods)
    expect(squallContainers(await suite.readPod(name)).length).toBeGreaterThan(1);
  expect(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)))).toEqual(before);
  console.log(`exec denied: pods clean ${took.join(' and ')} ms after deletion and stop`);
});

/** An account with every right of the installed controller but exec; the path of its kubeconfig. */
async function accountWithoutExec(): Promise<string> {
  const rules = await controllerRules(suite.cluster);
  const kept = rules.filter(({ resources }) => !resources.includes('pods/exec'));
  expect(kept.length).toBeLessThan(rules.length);
  return suite.account('noexec', kept);
}
