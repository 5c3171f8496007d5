import { expect, test } from 'vitest';
import { CONTROLLER_ACCOUNT } from '../../support/account.ts';
import { kubectl } from '../../support/lab.ts';
import { squallContainers } from '../../support/pod.ts';
import { useSuite } from '../../support/suite.ts';

const suite = useSuite('restart');

test('a restart of the installed controller mid-fault neither ends the fault nor starts another', async () => {
  const pods = await suite.pods(['kept-0', 'kept-1'], { labels: { app: 'kept' } });
  const before = await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)));
  const experiment = await suite.experiment('kept', {
    targets: { selector: { matchLabels: { app: 'kept' } }, count: 2 },
    duration: '10s',
  });
  await experiment.phase('Running');
  const deployment = ['-n', CONTROLLER_ACCOUNT.namespace, 'rollout'];
  const target = `deployment/${CONTROLLER_ACCOUNT.name}`;
  expect((await kubectl([...deployment, 'restart', target])).exitCode).toBe(0);
  const restarted = await kubectl([...deployment, 'status', target, '--timeout=120s'], {
    timeoutMs: 130_000,
  });
  expect(restarted.exitCode).toBe(0);

  const status = await experiment.phase('Completed');
  expect(status.pods?.map(({ state, reason }) => [state, reason])).toEqual(
    Array(2).fill(['Recovered', 'Elapsed']),
  );
  for (const { name, ip } of pods) {
    expect(squallContainers(await suite.readPod(name))).toEqual([status.run?.container]);
    const faults = suite.watch.faults(ip);
    expect(faults.map(({ direction }) => direction).sort()).toEqual(['egress', 'ingress']);
    // The node is busy with the restart meanwhile; how exact an end is, is measured alone.
    for (const { from, to } of faults) {
      expect(to! - from).toBeGreaterThanOrEqual(10_000);
      expect(to! - from).toBeLessThan(11_000);
    }
  }
  expect(await Promise.all(pods.map(({ ip }) => suite.watch.residue(ip)))).toEqual(before);
});
