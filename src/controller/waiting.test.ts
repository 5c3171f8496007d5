import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { Waiting } from './waiting.ts';

const experiment = (reason: string, phase = 'Pending', metadata: object = {}) =>
  ({
    metadata,
    status: { phase, conditions: [{ type: 'Accepted', reason }] },
  }) as unknown as ChaosExperiment;
const queued = experiment('Queued');

describe('Waiting', () => {
  it('knows the experiments that wait for a place', () => {
    const waiting = new Waiting();
    waiting.follow({ key: 'shop/a', now: queued });
    waiting.follow({ key: 'shop/b', now: experiment('PolicyUnreadable') });
    waiting.follow({ key: 'shop/c', now: queued });
    expect([...waiting.keys()]).toEqual(['shop/a', 'shop/c']);
  });

  it.each([
    ['has got a place', experiment('Accepted', 'Planned')],
    ['was refused', experiment('Halted', 'Failed')],
    [
      'is being deleted',
      experiment('Queued', 'Pending', { deletionTimestamp: '2026-03-01T12:00:00Z' }),
    ],
    ['was deleted', undefined],
  ])('forgets an experiment that %s', (_name, now) => {
    const waiting = new Waiting();
    waiting.follow({ key: 'shop/a', now: queued });
    waiting.follow({ key: 'shop/a', old: queued, ...(now && { now }) });
    expect([...waiting.keys()]).toEqual([]);
  });
});
