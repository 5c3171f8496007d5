import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../api/v1alpha1/chaos-experiment.generated.ts';
import { aContainer, aPod } from '../domain/targets/pod.builder.ts';
import { Following, isAlike } from './following.ts';

const run = (phase: string, peers: string[] | undefined, mode = 'static') =>
  ({
    spec: { targets: { mode } },
    status: { phase, startTime: '2026-01-01T00:00:00.000Z', run: { peers } },
  }) as unknown as ChaosExperiment;

describe('isAlike', () => {
  const pod = aPod({ ips: ['10.0.0.7'] });
  it.each([
    ['its containers', { ephemeralContainers: [aContainer({ name: 'squall-x' })] }, true],
    ['its version', { resourceVersion: '2' }, true],
    ['its labels', { labels: { app: 'other' } }, false],
    ['its addresses', { ips: ['10.0.0.8'] }, false],
    ['its end', { terminating: true }, false],
  ])('of a pod that has changed in %s', (_name, parts, alike) => {
    expect(isAlike(pod, aPod({ ips: ['10.0.0.7'], ...parts }))).toBe(alike);
  });

  it('of a pod that has come or gone', () => {
    expect(isAlike(undefined, pod)).toBe(false);
    expect(isAlike(pod, undefined)).toBe(false);
  });
});

describe('Following', () => {
  it('knows the runs that have peers, and those that pods may join', () => {
    const following = new Following();
    following.follow({ key: 'shop/peers', now: run('Running', ['hit any tcp 443 - -']) });
    following.follow({ key: 'shop/dynamic', now: run('Running', undefined, 'dynamic') });
    following.follow({ key: 'shop/plain', now: run('Running', undefined) });
    expect([...following.keys()]).toEqual(['shop/peers', 'shop/dynamic']);
  });

  it.each([
    ['has ended', run('Completed', [])],
    ['was deleted', undefined],
  ])('forgets an experiment that %s', (_name, now) => {
    const following = new Following();
    following.follow({ key: 'shop/a', now: run('Running', []) });
    following.follow({ key: 'shop/a', ...(now && { now }) });
    expect([...following.keys()]).toEqual([]);
  });
});
