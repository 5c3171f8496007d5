import { expect, it } from 'vitest';
import { anExperiment } from '../lifecycle/experiment.builder.ts';
import type { ImpairmentSpec } from './impairment.ts';
import { contradictions } from './contradictions.ts';

const found = (spec: Partial<ImpairmentSpec>) =>
  contradictions(anExperiment({ spec: { action: 'pod-network-delay', ...spec } }).spec);

it('lets a jitter be as wide as the latency', () => {
  expect(found({ latency: '10ms', jitter: '10ms' })).toEqual([]);
});

it('finds a jitter that is wider than the latency', () => {
  expect(found({ latency: '10ms', jitter: '15ms' })).toEqual([
    {
      field: 'spec.jitter',
      message:
        '15ms is above the latency of 10ms, and no packet can be sent before it comes: at most 10ms',
    },
  ]);
});

it('finds it in the step that makes it so', () => {
  const profile = [{ at: '1s', latency: '5ms' }];
  expect(found({ latency: '10ms', jitter: '8ms', profile })).toMatchObject([
    { field: 'spec.profile[0].jitter' },
  ]);
});

it('finds what is wrong with the times of a profile as well', () => {
  const profile = [{ at: '1h', latency: '5ms' }];
  expect(found({ latency: '10ms', profile })).toMatchObject([{ field: 'spec.profile[0].at' }]);
});
