import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { anExperiment, aStartedExperiment, at, T0 } from '../lifecycle/experiment.builder.ts';
import { queuedBehind } from './queue.ts';

const queued = (name: string, creationTimestamp = at(0), parts = {}) =>
  anExperiment({
    name,
    creationTimestamp,
    status: {
      phase: 'Pending',
      conditions: [
        {
          type: 'Accepted',
          status: 'Unknown',
          reason: 'Queued',
          message: '',
          lastTransitionTime: creationTimestamp,
        },
      ],
    },
    ...parts,
  });
const runs = (name: string) => aStartedExperiment([], { name });
const ended = anExperiment({ name: 'ended', status: { phase: 'Completed', startTime: at(0) } });

describe('queuedBehind', () => {
  const me = { namespace: 'shop', name: 'm', creationTimestamp: at(5_000) };
  it.each<[string, readonly ChaosExperiment[], string | undefined]>([
    ['a free place is taken', [runs('a')], undefined],
    ['an ended run has left its place', [runs('a'), ended], undefined],
    [
      'all places are taken',
      [runs('a'), runs('b')],
      'waits for a place: 2 experiments run; maxConcurrentExperiments 2 (SafetyPolicy strict)',
    ],
    [
      'the place is an older one’s',
      [runs('a'), queued('z', at(4_000))],
      'waits for a place: 1 experiments run, and 1 wait before it; maxConcurrentExperiments 2 (SafetyPolicy strict)',
    ],
    ['a younger one waits behind', [runs('a'), queued('z', at(6_000))], undefined],
    ['of the same age, the name decides', [runs('a'), queued('z', at(5_000))], undefined],
    [
      'one that is being deleted waits for nothing',
      [runs('a'), queued('z', at(4_000), { deletionTimestamp: at(1) })],
      undefined,
    ],
    [
      'one beyond its startingDeadline keeps nobody waiting',
      [runs('a'), queued('z', at(-600_000))],
      undefined,
    ],
  ])('%s', (_name, others, says) => {
    expect(queuedBehind(me, others, { value: 2, by: 'strict' }, T0 + 6_000)).toBe(says);
  });
});
