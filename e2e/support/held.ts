import { expect } from 'vitest';
import type { ChaosExperimentStatus } from '../../src/api/v1alpha1/chaos-experiment.generated.ts';
import type { Experiment, SpecParts } from './experiment.ts';
import type { Suite, TestPod } from './suite.ts';

/**
 * Runs an experiment on one pod, lets the test look at it while the fault is held, stops it, and sees to it that
 * nothing is left in the pod. Returns the last status.
 */
export async function whileHeld(
  suite: Suite,
  pod: TestPod,
  name: string,
  spec: Omit<SpecParts, 'targets' | 'duration'>,
  look: (running: ChaosExperimentStatus, experiment: Experiment) => Promise<void>,
): Promise<ChaosExperimentStatus> {
  const before = await suite.watch.residue(pod.ip);
  const experiment = await suite.experiment(name, {
    targets: { podNames: [pod.name] },
    duration: '5m',
    ...spec,
  });
  try {
    const running = await experiment.phase('Running');
    await look(running, experiment);
    expect(suite.watch.active(pod.ip), 'the fault outlasts the measurement').not.toEqual([]);
  } finally {
    // Also when it has failed: others may use the pod.
    await experiment.annotate({ 'squall.dev/stop': 'measured' });
  }
  const status = await experiment.phase('Aborted');
  await suite.awaitClean(pod, 10_000);
  expect(await suite.watch.residue(pod.ip), 'what is left in the pod').toBe(before);
  return status;
}
