import { describe, expect, it } from 'vitest';
import type { PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { anEntry, aRun, at } from './experiment.builder.ts';
import { runTimes } from './run.ts';
import { observedLoss, summarise } from './summary.ts';

const times = runTimes({ startTime: at(0), attempt: 1, run: aRun() });
const pod = (state: PodStatusEntry['state'], rest: Partial<PodStatusEntry> = {}) =>
  anEntry({ state, ...rest });

describe('summarise', () => {
  it('counts each pod by its state, and as injected whatever became of it', () => {
    const pods = [
      pod('Planned'),
      pod('Injected', { applied: 1_000 }),
      pod('Recovered', { applied: 1_000, ended: 11_000 }),
      pod('Failed'),
      pod('Unknown', { reason: 'Unproven' }),
      pod('Leaked', { applied: 1_000 }),
      pod('Gone', { applied: 1_000 }),
      pod('Abandoned'),
    ];
    expect(summarise(pods, '100ms latency', times)).toMatchObject({
      pods: '4/8',
      asked: '100ms latency',
      injected: 4,
      recovered: 1,
      failed: 1,
      unknown: 1,
      leaked: 2,
      gone: 1,
    });
  });

  it.each<[string, PodStatusEntry[], string | undefined]>([
    ['is not known before a fault is proven', [pod('Planned')], undefined],
    [
      'is the last end of a fault that is there',
      [pod('Injected', { applied: 1_000 }), pod('Injected', { applied: 3_400 })],
      '2026-03-01T12:00:13Z',
    ],
    [
      'is the deadline for a fault that came late',
      [pod('Injected', { applied: 65_000 })],
      '2026-03-01T12:01:10Z',
    ],
    [
      'is when the last fault ended',
      [pod('Recovered', { applied: 1_000, ended: 5_000 })],
      '2026-03-01T12:00:05Z',
    ],
  ])('ends %s', (_name, pods, ends) => {
    expect(summarise(pods, '20%', times).ends).toBe(ends);
  });

  it.each([
    ['20%', '20%'],
    ['partition', '20%'],
    ['100ms latency', '20% lost'],
  ])('shows beside %s that %s was measured', (asked, text) => {
    expect(summarise([pod('Recovered', { egress: '20/100' })], asked).observed).toBe(text);
  });

  it('says nothing of an end when nothing was committed to', () => {
    expect(summarise([pod('Planned')], '20%')).not.toHaveProperty('ends');
  });

  it.each<[string, PodStatusEntry[], string | undefined]>([
    ['nothing without packets', [pod('Recovered'), pod('Recovered', { egress: '0/0' })], undefined],
    [
      'the loss over all packets of all pods in both directions',
      [
        pod('Recovered', { egress: '10/100', ingress: '30/100' }),
        pod('Recovered', { egress: '0/100' }),
      ],
      '13.33%',
    ],
    ['no loss as that', [pod('Recovered', { egress: '0/100' })], '0%'],
  ])('observes %s', (_name, pods, observed) => {
    expect(summarise(pods, '20%', times).observed).toBe(observed);
  });
});

describe('observedLoss', () => {
  it('is in percent', () => {
    expect(observedLoss([pod('Recovered', { egress: '1/4' })])).toBe(25);
  });
});
