import { describe, expect, it } from 'vitest';
import type { SafetyPolicySpec } from '../../src/api/v1alpha1/safety-policy.generated.ts';
import { aStartedExperiment } from '../../src/domain/lifecycle/experiment.builder.ts';
import { aPolicy } from '../../src/domain/safety/policy.builder.ts';
import type { AdmissionRequest } from '../review.ts';
import { admitPolicy } from './policy.ts';

const admit = (spec: unknown, others: readonly SafetyPolicySpec[] = []) =>
  admitPolicy({ object: { ...aPolicy({}, 'yours'), spec } } as unknown as AdmissionRequest, {
    policies: () => [aPolicy({ maxPods: 1 }, 'yours'), ...others.map((one) => aPolicy(one))],
    experiments: () => [aStartedExperiment()],
  });

describe('admitPolicy', () => {
  it.each<[string, SafetyPolicySpec, SafetyPolicySpec[], string[]]>([
    ['nothing to say of a policy alone', { maxPods: 500, maxDuration: '2h' }, [], []],
    [
      'halt stops what runs',
      { halt: true },
      [],
      ['spec.halt: stops 1 running experiments, refuses 0 that wait, and all that come'],
    ],
    [
      'a stricter policy stays in force',
      { maxPods: 500, maxDuration: '2h' },
      [{ maxPods: 5, maxDuration: '90m' }],
      [
        'spec.maxPods: 5 of SafetyPolicy strict stays in force, as it is stricter',
        'spec.maxDuration: 1h30m of SafetyPolicy strict stays in force, as it is stricter',
      ],
    ],
    [
      'as strict as another',
      { maxPods: 5, maxDuration: '30m' },
      [{ maxPods: 5, maxDuration: '30m' }],
      [],
    ],
    ['as strict as another in other words', { maxDuration: '1h' }, [{ maxDuration: '60m' }], []],
    [
      'stricter than another',
      { maxPods: 4, maxDuration: '29m' },
      [{ maxPods: 5, maxDuration: '30m' }],
      [],
    ],
    ['a field that only the other sets', { maxPods: 4 }, [{ maxDuration: '1m' }], []],
  ])('%s', (_name, spec, others, warnings) => {
    expect(admit(spec, others)).toMatchObject({ allowed: true, warnings });
  });

  it('refuses what is no policy', () => {
    expect(admit({ maxPods: 'many', colour: 1 })).toMatchObject({ allowed: false });
  });
});
