import { describe, expect, it } from 'vitest';
import type { SafetyPolicySpec } from '../../api/v1alpha1/safety-policy.generated.ts';
import { describeLimits, limitsInForce } from './limits.ts';
import { aPolicy } from './policy.builder.ts';

const checked = { requesterChecked: true };
const inForce = (...specs: SafetyPolicySpec[]) =>
  limitsInForce(
    specs.map((spec, i) => aPolicy(spec, `p${i}`)),
    checked,
  );

describe('limitsInForce', () => {
  it('is the defaults where there is no policy, and where one sets nothing', () => {
    const defaults = {
      halt: false,
      maxPercentage: 100,
      maxPods: 100,
      maxDuration: '1h',
      maxConcurrentExperiments: 10,
      maxLossPercentage: 40,
      allowOverrides: 'Allow',
      protectedNamespaces: ['kube-node-lease', 'kube-public', 'kube-system', 'squall-system'],
      productionNamespaces: [],
      optInLabels: [],
      crossNamespace: 'Allow',
    };
    expect(describeLimits(inForce())).toEqual(defaults);
    expect(describeLimits(inForce({}))).toEqual(defaults);
  });

  it.each<[string, SafetyPolicySpec[], keyof ReturnType<typeof inForce>, object]>([
    ['halt of one is halt', [{ halt: false }, { halt: true }], 'halt', { value: true, by: 'p1' }],
    [
      'the lowest share',
      [{ maxPercentage: 50 }, { maxPercentage: 30 }],
      'maxPercentage',
      { value: 30, by: 'p1' },
    ],
    [
      'a default may be raised where no other policy is stricter',
      [{ maxPods: 500 }],
      'maxPods',
      { value: 500, by: 'p0' },
    ],
    [
      'a policy does not loosen what another one sets',
      [{ maxPods: 500 }, { maxPods: 5 }],
      'maxPods',
      { value: 5, by: 'p1' },
    ],
    [
      'no more pods than a status can name, also by a policy that was stored before that was a rule',
      [{ maxPods: 5_000 }],
      'maxPods',
      { value: 1_000, by: 'p0' },
    ],
    [
      'the shortest duration, whatever its units',
      [{ maxDuration: '90s' }, { maxDuration: '1m' }],
      'maxDuration',
      { value: 60_000, by: 'p1' },
    ],
    [
      'the fewest experiments',
      [{ maxConcurrentExperiments: 2 }, { maxConcurrentExperiments: 3 }],
      'maxConcurrentExperiments',
      { value: 2, by: 'p0' },
    ],
    [
      'the least loss',
      [{ maxLossPercentage: 10.5 }, {}],
      'maxLossPercentage',
      { value: 10.5, by: 'p0' },
    ],
    [
      'Deny of one is Deny',
      [{ allowOverrides: 'Allow' }, { allowOverrides: 'Deny' }],
      'allowOverrides',
      { value: 'Deny', by: 'p1' },
    ],
    [
      'no other namespaces where one policy says so',
      [{ crossNamespace: 'Deny' }],
      'crossNamespace',
      { value: 'Deny', by: 'p0' },
    ],
  ])('%s', (_name, specs, field, limit) => {
    expect(inForce(...specs)[field]).toEqual(limit);
  });

  it('unites lists and selectors', () => {
    const shown = describeLimits(
      inForce(
        { protectedNamespaces: ['bank'], optInLabel: 'chaos=allowed' },
        {
          protectedNamespaces: ['bank', 'vault'],
          productionNamespaces: { matchLabels: { tier: 'prod' } },
          optInLabel: 'chaos-ready',
        },
      ),
    );
    expect(shown.protectedNamespaces).toEqual([
      'bank',
      'kube-node-lease',
      'kube-public',
      'kube-system',
      'squall-system',
      'vault',
    ]);
    expect(shown.productionNamespaces).toEqual(['tier=prod']);
    expect(shown.optInLabels).toEqual(['chaos=allowed', 'chaos-ready']);
  });

  it('keeps to own namespaces where the rights of requesters are not checked, whatever a policy says', () => {
    const limits = limitsInForce([aPolicy({ crossNamespace: 'Allow' })], {
      requesterChecked: false,
    });
    expect(limits.crossNamespace).toEqual({ value: 'Deny' });
  });
});
