import { expect, it } from 'vitest';
import { safetyPolicySchema } from '../../api/v1alpha1/safety-policy-schema.generated.ts';
import type { SafetyPolicySpec } from '../../api/v1alpha1/safety-policy.generated.ts';
import { policyFaults } from './policy-faults.ts';

/** Each with a value that is just out of range, and those that are just within. */
const rows: readonly (readonly [SafetyPolicySpec, string, readonly SafetyPolicySpec[]])[] = [
  [{ maxPercentage: 0 }, 'spec.maxPercentage', [{ maxPercentage: 1 }, { maxPercentage: 100 }]],
  [{ maxPercentage: 101 }, 'spec.maxPercentage', []],
  [{ maxPods: 0 }, 'spec.maxPods', [{ maxPods: 1 }]],
  [{ maxPods: 1_001 }, 'spec.maxPods', [{ maxPods: 1_000 }]],
  [{ maxDuration: '999ms' }, 'spec.maxDuration', [{ maxDuration: '1s' }]],
  [{ maxDuration: '24h1ms' }, 'spec.maxDuration', [{ maxDuration: '24h' }]],
  [{ maxDuration: '1 day' }, 'spec.maxDuration', []],
  [
    { maxConcurrentExperiments: 0 },
    'spec.maxConcurrentExperiments',
    [{ maxConcurrentExperiments: 1 }],
  ],
  [{ maxLossPercentage: 0 }, 'spec.maxLossPercentage', [{ maxLossPercentage: 0.0001 }]],
  [{ maxLossPercentage: 40.1 }, 'spec.maxLossPercentage', [{ maxLossPercentage: 40 }]],
  [
    { protectedNamespaces: ['shop', 'Shop'] },
    'spec.protectedNamespaces',
    [{ protectedNamespaces: ['shop'] }],
  ],
  [
    { productionNamespaces: { matchLabels: { env: 'a b' } } },
    'spec.productionNamespaces',
    [{ productionNamespaces: {} }, { productionNamespaces: { matchLabels: { env: '' } } }],
  ],
  [
    { productionNamespaces: { matchExpressions: [{ key: 'env', operator: 'In' }] } },
    'spec.productionNamespaces',
    [
      {
        productionNamespaces: { matchExpressions: [{ key: 'env', operator: 'In', values: ['a'] }] },
      },
      { productionNamespaces: { matchExpressions: [{ key: 'env', operator: 'Exists' }] } },
    ],
  ],
  [{ optInLabel: 'a b' }, 'spec.optInLabel', [{ optInLabel: 'a.dev/b' }, { optInLabel: 'a=b' }]],
];

it.each(rows)('%j is refused', (spec, field, accepted) => {
  expect(policyFaults(spec)).toEqual([{ field, message: expect.any(String) }]);
  for (const other of accepted) expect(policyFaults(other)).toEqual([]);
});

it('says what the API server says, for each of its rules', () => {
  const ours = rows.flatMap(([spec]) => policyFaults(spec).map(({ message }) => message));
  expect(new Set(ours)).toEqual(new Set(messagesIn(safetyPolicySchema.properties.spec)));
});

/** The message of every rule in a schema. */
function messagesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'x-kubernetes-validations'
      ? (value as { message: string }[]).map(({ message }) => message)
      : messagesIn(value),
  );
}
