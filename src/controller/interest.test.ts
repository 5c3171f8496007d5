import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { Interest } from './interest.ts';

const run = (phase: string, ...pods: string[]) =>
  ({
    status: {
      phase,
      startTime: '2026-01-01T00:00:00.000Z',
      pods: pods.map((name) => ({ namespace: 'shop', name, uid: name, state: 'Planned' })),
    },
  }) as unknown as ChaosExperiment;

describe('Interest', () => {
  it('knows the experiments of a pod while they run', () => {
    const interest = new Interest();
    interest.follow({ key: 'shop/a', now: run('Running', 'web-0', 'web-1') });
    interest.follow({ key: 'shop/b', now: run('Injecting', 'web-1') });
    expect([...interest.inPod('shop/web-1')]).toEqual(['shop/a', 'shop/b']);
    expect([...interest.inPod('shop/web-2')]).toEqual([]);
  });

  it.each([
    ['has ended', run('Completed', 'web-0')],
    ['has not started', { status: { phase: 'Planned', pods: [] } } as unknown as ChaosExperiment],
    ['was deleted', undefined],
  ])('forgets an experiment that %s', (_name, now) => {
    const interest = new Interest();
    interest.follow({ key: 'shop/a', now: run('Running', 'web-0') });
    interest.follow({ key: 'shop/a', ...(now && { now }) });
    expect([...interest.inPod('shop/web-0')]).toEqual([]);
  });
});
