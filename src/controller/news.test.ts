import { describe, expect, it } from 'vitest';
import type {
  ChaosExperimentStatus,
  Phase,
  PodState,
} from '../api/v1alpha1/chaos-experiment.generated.ts';
import { isNews } from './news.ts';

const inPhase = (phase: Phase, ...states: PodState[]): ChaosExperimentStatus => ({
  phase,
  pods: states.map((state, i) => ({ namespace: 'shop', name: `web-${i}`, uid: `${i}`, state })),
});

describe('isNews', () => {
  it.each<[string, ChaosExperimentStatus | undefined, ChaosExperimentStatus, boolean]>([
    ['the first status', undefined, inPhase('Pending'), true],
    ['another phase', inPhase('Injecting', 'Injected'), inPhase('Running', 'Injected'), true],
    [
      'mere progress',
      inPhase('Recovering', 'Injected', 'Injected'),
      inPhase('Recovering', 'Injected', 'Recovered'),
      false,
    ],
    [
      'a pod that leaks',
      inPhase('Recovering', 'Injected', 'Injected'),
      inPhase('Recovering', 'Leaked', 'Injected'),
      true,
    ],
    [
      'progress beside pods that were lost before',
      inPhase('Recovering', 'Leaked', 'Abandoned', 'Injected'),
      inPhase('Recovering', 'Leaked', 'Abandoned', 'Recovered'),
      false,
    ],
    [
      'one more lost pod beside those of before',
      inPhase('Recovering', 'Leaked', 'Injected'),
      inPhase('Recovering', 'Leaked', 'Abandoned'),
      true,
    ],
  ])('%s', (_name, observed, status, news) => {
    expect(isNews(observed, { status })).toBe(news);
  });

  it('a plan that must be written ahead', () => {
    const status = inPhase('Planned', 'Planned');
    expect(isNews(status, { status, writeAhead: true })).toBe(true);
  });
});
