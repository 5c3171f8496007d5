import { describe, expect, onTestFinished, test } from 'vitest';
import type { SafetyPolicy } from '../../../src/api/v1alpha1/safety-policy.generated.ts';
import { controllerRules } from '../../support/account.ts';
import { awaitCondition } from '../../support/await-condition.ts';
import { condition, type Experiment, START_MS } from '../../support/experiment.ts';
import { nodeAtRest } from '../../support/lab.ts';
import { squallContainers } from '../../support/pod.ts';
import { Policies } from '../../support/policies.ts';
import { type Suite, type TestPod, useSuite } from '../../support/suite.ts';

/** What is promised for a halt, at the speed of an emulated node. */
const PROMISED_MS = 5_000;
/** The same where the agent cannot be told and a second container takes the fault away. */
const REAPED_WITHIN_MS = 30_000;

/** Policies that are gone when the test ends, however it does. */
function testPolicies(suite: Suite, ...names: string[]): Policies {
  const policies = new Policies(suite.cluster);
  onTestFinished(async () => {
    for (const name of names) await policies.remove(name);
  });
  return policies;
}

const residues = (suite: Suite, pods: readonly TestPod[]) =>
  Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));

const faults = (suite: Suite, pods: readonly TestPod[]) =>
  pods.map(({ ip }) => suite.watch.faults(ip).length);

/** Waits until the experiment is refused, or waits, for that reason; returns the status. */
const accepted = (experiment: Experiment, reason: string, withinMs?: number) =>
  experiment.until(
    `Accepted is ${reason}`,
    (status) => condition(status, 'Accepted')?.reason === reason,
    withinMs,
  );

describe('with the installed controller', () => {
  const suite = useSuite('halt');

  const heldBack = (policy: string, count: number) =>
    awaitCondition(
      `SafetyPolicy ${policy} holds back ${count}`,
      async () => {
        const { status } = await suite.cluster.read<SafetyPolicy>('SafetyPolicy', '', policy);
        return status?.heldBack === count;
      },
      { withinMs: 10_000 },
    );

  const isStored = (policy: string) =>
    awaitCondition(
      `SafetyPolicy ${policy} is stored`,
      async () => (await suite.cluster.find('SafetyPolicy', '', policy)) !== undefined,
      { withinMs: 10_000, everyMs: 20 },
    );

  test('halt cleans five pods mid-fault within 5 s, keeps out what comes, and taking it back starts nothing', async () => {
    const policy = `${suite.namespace}-all`;
    const policies = testPolicies(suite, policy);
    const names = [0, 1, 2, 3, 4].map((n) => `five-${n}`);
    const pods = await suite.pods(names, { labels: { app: 'five' } });
    const before = await residues(suite, pods);
    const targets = { selector: { matchLabels: { app: 'five' } }, count: '100%' };
    const run = await suite.experiment('running', { targets, duration: '10m' });
    await run.phase('Running');
    expect(pods.map(({ ip }) => suite.watch.active(ip).length)).toEqual(Array(5).fill(2));
    await nodeAtRest();

    const asked = Date.now();
    const [, stored, ...clean] = await Promise.all([
      policies.set(policy, { halt: true }),
      isStored(policy).then(() => Date.now() - asked),
      ...pods.map((pod) => suite.awaitClean(pod, 2 * PROMISED_MS)),
    ]);
    const took = Math.max(...clean) - stored;
    console.log(
      `halt: taken after ${stored} ms; 5 pods clean ${took} ms later, the first ${Math.min(...clean) - stored} ms`,
    );
    expect(took).toBeLessThan(PROMISED_MS);
    const aborted = await run.phase('Aborted', PROMISED_MS);
    expect(aborted.message).toContain(`halted by SafetyPolicy ${policy}`);
    expect(aborted.pods?.map(({ state, reason }) => [state, reason])).toEqual(
      Array(5).fill(['Recovered', 'Stopped']),
    );
    expect(await residues(suite, pods)).toEqual(before);

    const halted = `everything is halted by SafetyPolicy ${policy}`;
    const refusal = { code: 'Invalid', message: expect.stringContaining(halted) };
    await expect(suite.experiment('late', { targets, duration: '5s' })).rejects.toMatchObject(
      refusal,
    );
    const planned = await suite.experiment('planned', { targets, duration: '5s', dryRun: true });
    expect((await planned.phase('Planned')).pods).toHaveLength(5);
    await expect(planned.change({ dryRun: false })).rejects.toMatchObject(refusal);
    // An annotation is no concern of the webhook's: the controller decides by the same rule.
    await run.annotate({ 'squall.dev/rerun': 'now' });
    const refused = await accepted(run, 'Halted');
    expect(refused).toMatchObject({ phase: 'Failed', message: expect.stringContaining(halted) });
    await heldBack(policy, 1);

    const left = await run.read();
    await policies.remove(policy);
    const next = await suite.experiment('next', {
      targets: { podNames: [names[0]!] },
      duration: '1s',
    });
    await next.phase('Completed');
    expect(await run.read(), 'halt taken back starts nothing').toEqual(left);
    expect((await planned.status()).phase).toBe('Planned');
    expect(faults(suite, pods)).toEqual([4, 2, 2, 2, 2]);
    expect(await residues(suite, pods)).toEqual(before);
  });

  test('with one place, the others wait in their order, and halt refuses those that wait', async () => {
    const one = `${suite.namespace}-one`;
    const all = `${suite.namespace}-queue`;
    const policies = testPolicies(suite, one, all);
    const pods = await suite.pods(['first', 'second', 'third']);
    const start = (name: string, duration: string) =>
      suite.experiment(name, { targets: { podNames: [name] }, duration });
    await policies.set(one, { maxConcurrentExperiments: 1 });
    const first = await start('first', '15s');
    await first.phase('Running');
    const second = await start('second', '10m');
    const waiting = await accepted(second, 'Queued');
    expect(waiting).toMatchObject({
      phase: 'Pending',
      message: `waits for a place: 1 experiments run; maxConcurrentExperiments 1 (SafetyPolicy ${one})`,
    });
    await heldBack(one, 1);
    // Creation times are of whole seconds.
    await awaitCondition('a second later', () => Date.now() > second.createdMs + 1_100, {
      withinMs: 2_000,
    });
    const third = await start('third', '10m');
    expect((await accepted(third, 'Queued')).message).toContain('and 1 wait before it');
    await heldBack(one, 2);
    expect((await first.status()).phase, 'they have waited while it ran').toBe('Running');
    expect(faults(suite, pods)).toEqual([2, 0, 0]);

    const { endTime } = await first.phase('Completed');
    const { startTime } = await second.phase('Running');
    expect(Date.parse(startTime!)).toBeGreaterThanOrEqual(Date.parse(endTime!));
    console.log(
      `one place: the next starts ${Date.parse(startTime!) - Date.parse(endTime!)} ms after the end`,
    );
    await accepted(third, 'Queued');
    await heldBack(one, 1);

    await policies.set(all, { halt: true });
    await suite.awaitClean(pods[1]!, PROMISED_MS);
    await second.phase('Aborted');
    expect((await accepted(third, 'Halted')).phase).toBe('Failed');
    await policies.remove(all);
    const left = await third.read();
    const next = await suite.experiment('next-one', {
      targets: { podNames: ['first'] },
      duration: '1s',
    });
    await next.phase('Completed');
    expect(await third.read()).toEqual(left);
    expect(faults(suite, pods)).toEqual([4, 2, 0]);
  });
});

describe('with a controller that lacks a right', () => {
  const suite = useSuite('halt-lacking', { ownController: true });

  /** The installed controller's rights without those on a resource. */
  async function rulesWithout(resource: string) {
    const rules = await controllerRules(suite.cluster);
    const kept = rules.filter(({ resources }) => !resources.includes(resource));
    expect(kept.length).toBeLessThan(rules.length);
    return { rules, kept };
  }

  test('with exec denied, halt cleans by a second container', async () => {
    const policy = `${suite.namespace}-all`;
    const policies = testPolicies(suite, policy);
    const kubeconfig = await suite.account('noexec', (await rulesWithout('pods/exec')).kept);
    await (await suite.controller({ kubeconfig })).ready();
    const pods = await suite.pods(['deaf-0', 'deaf-1'], { labels: { app: 'deaf' } });
    const before = await residues(suite, pods);
    const run = await suite.experiment('deaf', {
      targets: { selector: { matchLabels: { app: 'deaf' } }, count: '100%' },
      duration: '10m',
    });
    await run.phase('Running');
    const [, ...took] = await Promise.all([
      policies.set(policy, { halt: true }),
      ...pods.map((pod) => suite.awaitClean(pod, REAPED_WITHIN_MS)),
    ]);
    console.log(`halt with exec denied: 2 pods clean after ${took.join(' and ')} ms`);
    const status = await run.phase('Aborted', REAPED_WITHIN_MS);
    expect(status.message).toContain(`halted by SafetyPolicy ${policy}`);
    for (const { name } of pods)
      expect(squallContainers(await suite.readPod(name)).length).toBeGreaterThan(1);
    expect(await residues(suite, pods)).toEqual(before);
  });

  test('while the policies cannot be read nothing starts, and as soon as they can it does', async () => {
    const shard = `${suite.namespace}-blind`;
    const { rules, kept } = await rulesWithout('safetypolicies');
    const kubeconfig = await suite.account('blind', kept);
    const controller = await suite.controller({ kubeconfig, shard });
    const pod = await suite.newPod('unjudged');
    const spec = { targets: { podNames: ['unjudged'] }, duration: '2s' };
    const run = await suite.experiment('unjudged', spec, shard);
    const status = await accepted(run, 'PolicyUnreadable');
    expect(status.phase).toBe('Pending');
    expect(status.message).toContain('the policies cannot be read: ');
    expect(status.message).toContain('cannot list resource "safetypolicies"');
    expect(condition(status, 'Accepted')?.status).toBe('Unknown');
    expect(squallContainers(await suite.readPod('unjudged'))).toEqual([]);
    expect(faults(suite, [pod])).toEqual([0]);
    console.log(`policies unreadable: ${status.message}`);

    await suite.cluster.patch('ClusterRole', '', `${suite.namespace}-blind`, { rules });
    await controller.ready();
    await run.phase('Completed', START_MS);
    expect(faults(suite, [pod])).toEqual([2]);
  });
});
