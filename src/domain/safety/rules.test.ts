import { describe, expect, it } from 'vitest';
import type {
  ChaosExperimentSpec,
  Safety,
  Targets,
} from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { safetyReasons } from '../../api/v1alpha1/reasons.ts';
import type { SafetyPolicySpec } from '../../api/v1alpha1/safety-policy.generated.ts';
import { anExperiment } from '../lifecycle/experiment.builder.ts';
import { propose } from '../lifecycle/propose.ts';
import { aPod } from '../targets/pod.builder.ts';
import type { Pod } from '../targets/pod.ts';
import { aPeerWorld } from '../peers/world.builder.ts';
import { limitsInForce } from './limits.ts';
import { aPolicy, limitsOf } from './policy.builder.ts';
import { explain } from './rules.ts';

interface Row {
  readonly spec?: Partial<ChaosExperimentSpec>;
  readonly targets?: Partial<Targets>;
  readonly policy?: SafetyPolicySpec;
  readonly pods?: readonly Pod[];
  /** What webhook and status would say; nothing when it may run. */
  readonly says?: string;
  readonly unchecked?: true;
}

const owner = { kind: 'ReplicaSet', name: 'web-5d', uid: 'rs' };
const webs = (n: number, parts: Parameters<typeof aPod>[0] = {}) =>
  Array.from({ length: n }, (_, i) => aPod({ name: `web-${i}`, owner, ...parts }));
const safety = (parts: Partial<Safety>): Partial<ChaosExperimentSpec> => ({
  safety: { allowHighLoss: false, allowProduction: false, ...parts },
});
/** The experiments of the builder lose packets unless told not to. */
const impaired = (parts: Partial<ChaosExperimentSpec>) => ({ lossPercentage: 0, ...parts });
const corruption = (corruptPercentage: number) =>
  impaired({ action: 'pod-network-corruption', corruptPercentage });
const bandwidth = (rate: string) => impaired({ action: 'pod-network-bandwidth', rate });
const delay = (latency: string) => impaired({ action: 'pod-network-delay', latency });
const partition = impaired({ action: 'pod-network-partition' });
const prod = { productionNamespaces: { matchLabels: { tier: 'prod' } } };
const bank = { namespaces: ['bank'] };
const namespaces = {
  get: (name: string) => ({
    name,
    labels: name === 'bank' ? { tier: 'prod' } : {},
    excluded: false,
  }),
};

const rows: Readonly<Record<string, Row>> = {
  'an experiment within all limits may run': {},
  'halt refuses': {
    policy: { halt: true },
    says: 'spec.dryRun: everything is halted by SafetyPolicy strict: only a dry run (true) is taken until halt is taken back',
  },
  'halt lets a dry run pass': { policy: { halt: true }, spec: { dryRun: true } },
  'another namespace is allowed by default': { targets: bank },
  'another namespace is refused by policy': {
    targets: { namespaces: ['shop', 'bank'] },
    policy: { crossNamespace: 'Deny' },
    says: "spec.targets.namespaces: names bank, and crossNamespace Deny (SafetyPolicy strict) allows only the experiment's own namespace shop",
  },
  'another namespace is refused where the rights of requesters are not checked': {
    targets: bank,
    unchecked: true,
    says: "spec.targets.namespaces: names bank, and this installation, which does not check the rights of requesters, allows only the experiment's own namespace shop",
  },
  'a namespace that is protected by default is refused': {
    targets: { namespaces: ['shop', 'kube-system'] },
    says: 'spec.targets.namespaces: namespace kube-system is protected (the default): choose another',
  },
  'its own namespace is refused when a policy protects it': {
    policy: { protectedNamespaces: ['shop'] },
    says: 'metadata.namespace: namespace shop is protected (SafetyPolicy strict): choose another',
  },
  'production needs the override': {
    targets: bank,
    policy: prod,
    says: 'spec.safety.allowProduction: namespace bank is production (tier=prod, SafetyPolicy strict): takes true',
  },
  'production is allowed with the override': {
    targets: bank,
    policy: prod,
    spec: safety({ allowProduction: true }),
  },
  'production is refused where overrides are denied': {
    targets: bank,
    policy: { ...prod, allowOverrides: 'Deny' },
    spec: safety({ allowProduction: true }),
    says: 'spec.safety.allowProduction: namespace bank is production (tier=prod, SafetyPolicy strict), and overrides are denied (allowOverrides, SafetyPolicy strict): choose another',
  },
  'a namespace that is not production needs no override': { policy: prod },
  'exactly maxDuration may run': { spec: { duration: '60m' } },
  'a longer duration is refused': {
    spec: { duration: '60m1s' },
    says: 'spec.duration: 60m1s is above maxDuration 1h (the default): at most 1h',
  },
  'a policy may allow more': { spec: { duration: '2h' }, policy: { maxDuration: '2h' } },
  'exactly maxLossPercentage may run': {
    spec: { lossPercentage: 20 },
    policy: { maxLossPercentage: 20 },
  },
  'more loss is refused': {
    spec: { lossPercentage: 20.5 },
    policy: { maxLossPercentage: 20 },
    says: 'spec.lossPercentage: 20.5 is above maxLossPercentage 20 (SafetyPolicy strict): at most 20, or with spec.safety.allowHighLoss true',
  },
  'more loss is allowed with the override': {
    spec: { lossPercentage: 100, ...safety({ allowHighLoss: true }) },
  },
  'more loss is refused where overrides are denied': {
    spec: { lossPercentage: 100, ...safety({ allowHighLoss: true }) },
    policy: { allowOverrides: 'Deny' },
    says: 'spec.lossPercentage: 100 is above maxLossPercentage 40 (the default): at most 40; overrides are denied (allowOverrides, SafetyPolicy strict)',
  },
  'a step that loses more is refused by its worst': {
    spec: {
      profile: [
        { at: '1s', lossPercentage: 41 },
        { at: '2s', lossPercentage: 90 },
      ],
    },
    says: 'spec.profile[1].lossPercentage: 90 is above maxLossPercentage 40 (the default): at most 40, or with spec.safety.allowHighLoss true',
  },
  'steps that lose as much as is allowed may run': {
    spec: {
      profile: [
        { at: '1s', lossPercentage: 40 },
        { at: '2s', lossPercentage: 0 },
      ],
    },
  },
  'exactly maxLossPercentage of corruption may run': { spec: corruption(40) },
  'more corruption is refused': {
    spec: corruption(41),
    says: 'spec.corruptPercentage: 41, which receivers drop, is above maxLossPercentage 40 (the default): at most 40, or with spec.safety.allowHighLoss true',
  },
  'loss and corruption together may be exactly maxLossPercentage': {
    spec: { ...corruption(15), lossPercentage: 25 },
  },
  'loss and corruption that are too much together are refused': {
    spec: { ...corruption(10.1), lossPercentage: 35.7 },
    says: 'spec.corruptPercentage: 10.1 besides lossPercentage 35.7, together 45.8 lost, is above maxLossPercentage 40 (the default): at most 40 together, or with spec.safety.allowHighLoss true',
  },
  'loss and corruption lose everything at most': {
    spec: { ...corruption(80), lossPercentage: 35 },
    says: 'spec.corruptPercentage: 80 besides lossPercentage 35, together 100 lost, is above maxLossPercentage 40 (the default): at most 40 together, or with spec.safety.allowHighLoss true',
  },
  'corruption that a step adds to the loss is refused': {
    spec: { lossPercentage: 25, profile: [{ at: '1s', corruptPercentage: 16 }] },
    says: 'spec.profile[0].corruptPercentage: 16 besides lossPercentage 25, together 41 lost, is above maxLossPercentage 40 (the default): at most 40 together, or with spec.safety.allowHighLoss true',
  },
  'loss that a step adds to the corruption is refused': {
    spec: { ...corruption(30), profile: [{ at: '1s', lossPercentage: 11 }] },
    says: 'spec.profile[0].lossPercentage: 11 besides corruptPercentage 30, together 41 lost, is above maxLossPercentage 40 (the default): at most 40 together, or with spec.safety.allowHighLoss true',
  },
  'more corruption is allowed with the override': {
    spec: { ...corruption(80), ...safety({ allowHighLoss: true }) },
  },
  'a partition is refused': {
    spec: partition,
    says: 'spec.action: pod-network-partition is an outage: choose another action, or with spec.safety.allowHighLoss true',
  },
  'a partition is allowed with the override': {
    spec: { ...partition, ...safety({ allowHighLoss: true }) },
  },
  'a partition is refused where overrides are denied': {
    spec: { ...partition, ...safety({ allowHighLoss: true }) },
    policy: { allowOverrides: 'Deny' },
    says: 'spec.action: pod-network-partition is an outage: choose another action; overrides are denied (allowOverrides, SafetyPolicy strict)',
  },
  'the lowest rate may be asked for': { spec: bandwidth('8kbit') },
  'a lower rate is refused': {
    spec: bandwidth('7.9kbit'),
    says: 'spec.rate: 7.9kbit is an outage, as is every rate below 8kbit: at least 8kbit, or with spec.safety.allowHighLoss true',
  },
  'a lower rate is refused in a step': {
    spec: { ...bandwidth('1mbit'), profile: [{ at: '1s', rate: '500bit' }] },
    says: 'spec.profile[0].rate: 500bit is an outage, as is every rate below 8kbit: at least 8kbit, or with spec.safety.allowHighLoss true',
  },
  'a lower rate is allowed with the override': {
    spec: { ...bandwidth('800bit'), ...safety({ allowHighLoss: true }) },
  },
  'a lower rate is refused where overrides are denied': {
    spec: { ...bandwidth('800bit'), ...safety({ allowHighLoss: true }) },
    policy: { allowOverrides: 'Deny' },
    says: 'spec.rate: 800bit is an outage, as is every rate below 8kbit: at least 8kbit; overrides are denied (allowOverrides, SafetyPolicy strict)',
  },
  'the longest latency may be asked for': { spec: delay('10s') },
  'a longer latency is refused': {
    spec: delay('10001ms'),
    says: 'spec.latency: 10001ms is an outage, as is every latency above 10s: at most 10s, or with spec.safety.allowHighLoss true',
  },
  'a longer latency is refused in a step': {
    spec: {
      ...delay('1s'),
      profile: [
        { at: '1s', latency: '9s' },
        { at: '2s', latency: '11s' },
      ],
    },
    says: 'spec.profile[1].latency: 11s is an outage, as is every latency above 10s: at most 10s, or with spec.safety.allowHighLoss true',
  },
  'a longer latency is allowed with the override': {
    spec: { ...delay('60s'), ...safety({ allowHighLoss: true }) },
  },
  'a longer latency is refused where overrides are denied': {
    spec: { ...delay('60s'), ...safety({ allowHighLoss: true }) },
    policy: { allowOverrides: 'Deny' },
    says: 'spec.latency: 60s is an outage, as is every latency above 10s: at most 10s; overrides are denied (allowOverrides, SafetyPolicy strict)',
  },
  'each outage by another name is told of': {
    spec: { ...delay('11s'), ...corruption(50), rate: '1kbit' },
    says: [
      'spec.corruptPercentage: 50, which receivers drop, is above maxLossPercentage 40 (the default): at most 40, or with spec.safety.allowHighLoss true',
      'spec.rate: 1kbit is an outage, as is every rate below 8kbit: at least 8kbit, or with spec.safety.allowHighLoss true',
      'spec.latency: 11s is an outage, as is every latency above 10s: at most 10s, or with spec.safety.allowHighLoss true',
    ].join('; '),
  },
  'an override that lifts nothing is no harm': {
    spec: safety({ allowHighLoss: true, allowProduction: true }),
    policy: { allowOverrides: 'Deny' },
  },
  'exactly maxPods may run': { targets: { count: 3 }, policy: { maxPods: 3 } },
  'more pods are refused': {
    targets: { count: '100%' },
    policy: { maxPods: 3 },
    pods: webs(4),
    says: 'spec.targets.count: count 100% would hit 4 pods, above maxPods 3 (SafetyPolicy strict): at most 3',
  },
  'exactly maxPercentage may run': {
    targets: { count: 3 },
    policy: { maxPercentage: 30 },
    pods: webs(10),
  },
  'a larger share is refused': {
    targets: { count: 5 },
    policy: { maxPercentage: 30 },
    pods: webs(8),
    says: 'spec.targets.count: count 5 would hit 62.5 % of 8 pods, above maxPercentage 30 (SafetyPolicy strict): at most 2',
  },
  'one pod of two is 50 %': {
    policy: { maxPercentage: 30 },
    pods: webs(2),
    says: 'spec.targets.count: count 1 would hit 50 % of 2 pods, above maxPercentage 30 (SafetyPolicy strict): at most 0',
  },
  'the stricter limit of the experiment itself holds': {
    targets: { count: 2 },
    policy: { maxPercentage: 50 },
    spec: safety({ maxPercentage: 25 }),
    pods: webs(4),
    says: 'spec.targets.count: count 2 would hit 50 % of 4 pods, above spec.safety.maxPercentage 25: at most 1',
  },
  'the looser limit of the experiment itself lifts nothing': {
    targets: { count: 2 },
    policy: { maxPercentage: 25 },
    spec: safety({ maxPercentage: 50 }),
    pods: webs(4),
    says: 'spec.targets.count: count 2 would hit 50 % of 4 pods, above maxPercentage 25 (SafetyPolicy strict): at most 1',
  },
  'excluded pods count as pods that run': {
    targets: { count: 1 },
    policy: { maxPercentage: 50 },
    pods: [aPod(), aPod({ name: 'kept', excluded: true })],
  },
  'a pod that is named is a share of what its owner runs': {
    targets: { podNames: ['web-0'] },
    policy: { maxPercentage: 100 },
    spec: safety({ maxPercentage: 30 }),
    pods: webs(2),
    says: 'spec.targets.count: count 1 would hit 100 % of 1 pods, above spec.safety.maxPercentage 30: at most 0',
  },
  'few of all that match may be too many of one owner': {
    targets: { count: 2 },
    policy: { maxPercentage: 50 },
    pods: [
      ...webs(2),
      ...Array.from({ length: 4 }, (_, i) => aPod({ name: `api-${i}`, excluded: true })),
    ],
    says: 'spec.targets.count: count 2 would hit 100 % of the 2 pods of ReplicaSet shop/web-5d, above maxPercentage 50 (SafetyPolicy strict): at most 1',
  },
};

describe('judge', () => {
  it.each(Object.entries(rows))('%s', (_name, row) => {
    const { spec = {}, targets = {}, policy = {}, pods = webs(4), says = '', unchecked } = row;
    const { selector, ...named } = { selector: { matchLabels: { app: 'web' } }, ...targets };
    const experiment = anExperiment({
      spec: {
        ...spec,
        targets: { count: 1, ...(named.podNames === undefined && { selector }), ...named },
      },
    });
    const limits = unchecked
      ? limitsInForce([aPolicy(policy)], { requesterChecked: false })
      : limitsOf(policy);
    const { violations } = propose(experiment, {
      pods,
      namespaces,
      limits,
      peers: aPeerWorld(),
      others: [],
      ended: () => false,
    });
    expect(explain(violations)).toBe(says);
  });

  it('judges the loss that is the default like any other', () => {
    const { lossPercentage: _, ...spec } = anExperiment().spec;
    const { violations } = propose(
      { ...anExperiment(), spec },
      {
        pods: webs(4),
        namespaces,
        limits: limitsOf({ maxLossPercentage: 4 }),
        peers: aPeerWorld(),
        others: [],
        ended: () => false,
      },
    );
    expect(explain(violations)).toBe(
      'spec.lossPercentage: 5 is above maxLossPercentage 4 (SafetyPolicy strict): at most 4, or with spec.safety.allowHighLoss true',
    );
  });

  it('says no more than status can hold, however many namespaces there are', () => {
    const namespaces = Array.from({ length: 100 }, (_, i) => `${'n'.repeat(60)}-${i}`);
    const targets = { podNames: ['web-0'], count: 1, namespaces };
    const { violations } = propose(anExperiment({ spec: { targets } }), {
      pods: [],
      namespaces: { get: () => undefined },
      limits: limitsOf({ protectedNamespaces: namespaces }),
      peers: aPeerWorld(),
      others: [],
      ended: () => false,
    });
    expect(violations).toHaveLength(100);
    expect(explain(violations)).toHaveLength(4_000);
  });

  it('tells every rule that is broken at once, in the order of the table', () => {
    const experiment = anExperiment({
      spec: {
        lossPercentage: 90,
        duration: '2h',
        targets: {
          selector: { matchLabels: { app: 'web' } },
          count: 4,
          namespaces: ['shop', 'bank', 'kube-system'],
        },
      },
    });
    const policy = {
      ...prod,
      halt: true,
      crossNamespace: 'Deny',
      maxPods: 3,
      maxPercentage: 50,
    } as const;
    const { violations } = propose(experiment, {
      pods: webs(4),
      namespaces,
      limits: limitsOf(policy),
      peers: aPeerWorld(),
      others: [],
      ended: () => false,
    });
    expect(violations.map(({ reason }) => reason)).toEqual(Object.keys(safetyReasons));
  });
});
