import type { SafetyPolicySpec } from '../../../src/api/v1alpha1/safety-policy.generated.ts';
import type { AcceptedReason } from '../../../src/api/v1alpha1/reasons.ts';
import type { SpecParts } from '../../support/experiment.ts';

/** The namespaces and pods that the cases are about; see safety-matrix.e2e.ts for what is in them. */
export interface Scene {
  /** Where experiments are, with the sets of pods. */
  readonly own: string;
  /** Labelled as production. */
  readonly prod: string;
  /** Marked as excluded. */
  readonly excluded: string;
  /** Protected where a policy says so. */
  readonly vault: string;
  /** Names of the four pods of ReplicaSet `owned`. */
  readonly owned: readonly string[];
}

export interface Case {
  /** A sentence; unique. */
  readonly it: string;
  readonly spec: SpecParts;
  /** The experiment's namespace, where it is not the scene's own. */
  readonly namespace?: string;
  /** The spec that is there before; the case is then an update. */
  readonly from?: SpecParts;
  /** Annotations besides, in an update that leaves the spec as it is. */
  readonly annotate?: Readonly<Record<string, string>>;
  /** Reason and message of the refusal, by the webhook as by the controller; nothing when it is let in. */
  readonly refused?: readonly [AcceptedReason, string];
  /** Let in by the webhook with this warning; what the controller makes of it while nothing changes. */
  readonly warned?: readonly [AcceptedReason, string];
}

/** Cases that are judged under the same policy. */
export interface Group {
  readonly policy: SafetyPolicySpec;
  readonly cases: readonly Case[];
}

/** The first `n` of the ten pods n-0 to n-9. */
const first = (n: number) => ({
  selector: {
    matchExpressions: [
      { key: 'set', operator: 'In' as const, values: ['ten'] },
      { key: 'n', operator: 'In' as const, values: Array.from({ length: n }, (_, i) => `${i}`) },
    ],
  },
});
const labelled = (set: string) => ({ selector: { matchLabels: { set } } });
const BASE: SpecParts = { targets: { ...first(10), count: 1 }, duration: '10s' };
const spec = (parts: Partial<SpecParts>): SpecParts => ({ ...BASE, ...parts });
const count = (n: number | string, of: object = first(10)) =>
  spec({ targets: { ...of, count: n } });
const within = (...namespaces: string[]) =>
  spec({ targets: { ...labelled('ten'), count: 1, namespaces } });

const POLICY = 'SafetyPolicy e2e-matrix';

/** Of each number of pods: how many 30 % allow, and the share that one more is. */
const AT_30: readonly (readonly [pods: number, atMost: number, share: string])[] = [
  [1, 0, '100'],
  [2, 0, '50'],
  [3, 0, '33.3'],
  [4, 1, '50'],
  [5, 1, '40'],
  [6, 1, '33.3'],
  [7, 2, '42.9'],
  [8, 2, '37.5'],
  [9, 2, '33.3'],
  [10, 3, '40'],
];

/** What is an outage besides a loss: the API server itself leaves them to the rules. */
const OUTAGES: readonly {
  readonly it: string;
  readonly parts: Partial<SpecParts>;
  readonly says: readonly [field: string, what: string, passes: string];
}[] = [
  {
    it: 'a step that loses more than the default maxLossPercentage',
    parts: { profile: [{ at: '1s', lossPercentage: 90 }] },
    says: [
      'spec.profile[0].lossPercentage',
      '90 is above maxLossPercentage 40 (the default)',
      'at most 40',
    ],
  },
  {
    it: 'more corruption than the default maxLossPercentage',
    parts: { action: 'pod-network-corruption', corruptPercentage: 40.5 },
    says: [
      'spec.corruptPercentage',
      '40.5, which receivers drop, is above maxLossPercentage 40 (the default)',
      'at most 40',
    ],
  },
  {
    it: 'more loss and corruption than the default maxLossPercentage',
    parts: { lossPercentage: 30, corruptPercentage: 20 },
    says: [
      'spec.corruptPercentage',
      '20 besides lossPercentage 30, together 50 lost, is above maxLossPercentage 40 (the default)',
      'at most 40 together',
    ],
  },
  {
    it: 'a rate that hardly passes anything',
    parts: { action: 'pod-network-bandwidth', rate: '7.9kbit' },
    says: ['spec.rate', '7.9kbit is an outage, as is every rate below 8kbit', 'at least 8kbit'],
  },
  {
    it: 'a latency that outlasts most patience',
    parts: { action: 'pod-network-delay', latency: '10.1s' },
    says: ['spec.latency', '10.1s is an outage, as is every latency above 10s', 'at most 10s'],
  },
];

export function groups({ own, prod, excluded, vault, owned }: Scene): readonly Group[] {
  const [one = ''] = owned;
  const above = (limit: string) => `above ${limit}`;
  const at30 = `maxPercentage 30 (${POLICY})`;
  return [
    {
      policy: {},
      cases: [
        { it: 'an ordinary experiment', spec: BASE },
        { it: 'exactly the default maxDuration', spec: spec({ duration: '1h' }) },
        {
          it: 'a second above the default maxDuration',
          spec: spec({ duration: '1h1s' }),
          refused: [
            'MaxDurationExceeded',
            'spec.duration: 1h1s is above maxDuration 1h (the default): at most 1h',
          ],
        },
        { it: 'exactly the default maxLossPercentage', spec: spec({ lossPercentage: 40 }) },
        {
          it: 'above the default maxLossPercentage with the override',
          spec: spec({ lossPercentage: 100, safety: { allowHighLoss: true } }),
        },
        ...OUTAGES.map(
          ({ it, parts, says: [field, what, passes] }): Case => ({
            it,
            spec: spec(parts),
            refused: [
              'MaxLossExceeded',
              `${field}: ${what}: ${passes}, or with spec.safety.allowHighLoss true`,
            ],
          }),
        ),
        ...OUTAGES.map(
          ({ it, parts }): Case => ({
            it: `${it}, with the override`,
            spec: spec({ ...parts, safety: { allowHighLoss: true } }),
          }),
        ),
        {
          it: 'a partition with the override',
          spec: spec({ action: 'pod-network-partition', safety: { allowHighLoss: true } }),
        },
        {
          it: 'just no outage',
          spec: spec({
            lossPercentage: 30,
            corruptPercentage: 10,
            rate: '8kbit',
            latency: '10s',
            profile: [{ at: '1s', lossPercentage: 29.5 }],
          }),
        },
        {
          it: 'an update to an outage by another name',
          from: BASE,
          spec: spec({ rate: '7kbit' }),
          refused: [
            'MaxLossExceeded',
            'spec.rate: 7kbit is an outage, as is every rate below 8kbit: at least 8kbit, or with spec.safety.allowHighLoss true',
          ],
        },
        {
          it: 'steps of a profile out of order',
          spec: spec({
            profile: [
              { at: '2s', lossPercentage: 10 },
              { at: '1s', lossPercentage: 20 },
            ],
          }),
          refused: [
            'InvalidSpec',
            'spec.profile[1].at: 1s is not after the step before it: takes a time above 2s, as steps are in the order of their times',
          ],
        },
        {
          it: 'a step of a profile when the run is over',
          spec: spec({ profile: [{ at: '10s', lossPercentage: 10 }] }),
          refused: [
            'InvalidSpec',
            'spec.profile[0].at: 10s is when the run is over or later: takes a time below spec.duration 10s',
          ],
        },
        { it: 'all pods, by the default maxPercentage', spec: count('100%') },
        ...['kube-system', 'kube-public', 'kube-node-lease', 'squall-system'].map(
          (ns): Case => ({
            it: `the namespace ${ns}, protected by default`,
            spec: within(ns),
            refused: [
              'ProtectedNamespace',
              `spec.targets.namespaces: namespace ${ns} is protected (the default): choose another`,
            ],
          }),
        ),
        { it: 'another namespace, by default', spec: within(own, prod) },
        {
          it: 'a namespace whose pods are all excluded',
          spec: within(excluded),
          warned: [
            'NoEligiblePods',
            `none of the 1 pods that match spec.targets can be hit: Excluded 1 (${excluded}/kept)`,
          ],
        },
        {
          it: 'labels that no pod has',
          spec: count(1, labelled('nothing')),
          warned: ['NoEligiblePods', 'no pod matches spec.targets'],
        },
        {
          it: 'a pod that is not there',
          spec: spec({ targets: { podNames: ['nobody'], count: 1 } }),
          warned: [
            'NoEligiblePods',
            'none of the 0 pods that match spec.targets can be hit: NotFound 1 (nobody)',
          ],
        },
        {
          it: 'only static, hostNetwork, excluded and pending pods',
          spec: count(1, labelled('odd')),
          warned: [
            'NoEligiblePods',
            `none of the 4 pods that match spec.targets can be hit: Excluded 1 (${own}/odd-excluded); HostNetwork 1 (${own}/odd-host); NotRunning 1 (${own}/odd-pending); StaticPod 1 (${own}/odd-static)`,
          ],
        },
        {
          it: 'only a pod that is under a fault already',
          spec: spec({ targets: { podNames: ['sum-0'], count: 1 } }),
          warned: [
            'NoEligiblePods',
            `none of the 1 pods that match spec.targets can be hit: AlreadyFaulted 1 (${own}/sum-0 (by ${own}/holder-sum))`,
          ],
        },
        {
          it: 'an update beyond the default maxDuration',
          from: BASE,
          spec: spec({ duration: '2h' }),
          refused: [
            'MaxDurationExceeded',
            'spec.duration: 2h is above maxDuration 1h (the default): at most 1h',
          ],
        },
        { it: 'an update within all limits', from: BASE, spec: spec({ duration: '20s' }) },
      ],
    },
    {
      policy: { maxPercentage: 30 },
      cases: [
        ...AT_30.flatMap(([pods, atMost, share]): Case[] => [
          ...(atMost > 0
            ? [{ it: `${atMost} of ${pods} pods at 30 %`, spec: count(atMost, first(pods)) }]
            : []),
          {
            it: `${atMost + 1} of ${pods} pods at 30 %`,
            spec: count(atMost + 1, first(pods)),
            refused: [
              'MaxPercentageExceeded',
              `spec.targets.count: count ${atMost + 1} would hit ${share} % of ${pods} pods, ${above(at30)}: at most ${atMost}`,
            ],
          },
        ]),
        { it: 'a percentage below the limit', spec: count('29%') },
        { it: 'a percentage at the limit', spec: count('30%') },
        {
          it: 'a percentage above the limit',
          spec: count('40%'),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 40% would hit 40 % of 10 pods, ${above(at30)}: at most 3`,
          ],
        },
        {
          it: 'its own limit, which is stricter',
          spec: { ...count(2), safety: { maxPercentage: 10 } },
          refused: [
            'MaxPercentageExceeded',
            'spec.targets.count: count 2 would hit 20 % of 10 pods, above spec.safety.maxPercentage 10: at most 1',
          ],
        },
        {
          it: 'its own limit, which is looser and lifts nothing',
          spec: { ...count(4), safety: { maxPercentage: 90 } },
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 4 would hit 40 % of 10 pods, ${above(at30)}: at most 3`,
          ],
        },
        { it: 'its own limit, kept', spec: { ...count(1), safety: { maxPercentage: 10 } } },
        {
          it: 'mixed pods, with the faulted one still within the limit',
          spec: count(1, labelled('mixed')),
        },
        {
          it: 'mixed pods, with the faulted one above the limit',
          spec: count(2, labelled('mixed')),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 2 would hit 42.9 % of 7 pods, with the 1 under a fault already, ${above(at30)}: at most 1`,
          ],
        },
        {
          it: 'one more pod than those of another experiment leave',
          spec: count(2, labelled('sum')),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 2 would hit 40 % of 10 pods, with the 2 under a fault already, ${above(at30)}: at most 1`,
          ],
        },
        {
          it: 'as many pods as those of another experiment leave',
          spec: count(1, labelled('sum')),
        },
        {
          it: 'one pod of four, named alone',
          spec: spec({ targets: { podNames: [one], count: 1 } }),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 1 would hit 100 % of 1 pods, ${above(at30)}: at most 0`,
          ],
        },
        {
          it: 'one pod of four, by a label that it alone has',
          spec: count(1, { selector: { matchLabels: { solo: 'yes' } } }),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 1 would hit 100 % of 1 pods, ${above(at30)}: at most 0`,
          ],
        },
        { it: 'one pod of four', spec: count(1, { selector: { matchLabels: { app: 'owned' } } }) },
        {
          it: 'few of all that match, and many of one owner',
          spec: spec({
            targets: {
              selector: {
                matchExpressions: [{ key: 'family', operator: 'In', values: ['owned', 'ten'] }],
              },
              exclude: { matchLabels: { family: 'ten' } },
              count: 2,
            },
          }),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 2 would hit 50 % of the 4 pods of ReplicaSet ${own}/owned, ${above(at30)}: at most 1`,
          ],
        },
        {
          it: 'an update to too many pods',
          from: count(1),
          spec: count(4),
          refused: [
            'MaxPercentageExceeded',
            `spec.targets.count: count 4 would hit 40 % of 10 pods, ${above(at30)}: at most 3`,
          ],
        },
        { it: 'an update to as many as the limit', from: count(1), spec: count(3) },
      ],
    },
    {
      policy: {
        maxPods: 3,
        maxDuration: '30s',
        maxLossPercentage: 20,
        protectedNamespaces: [vault],
        productionNamespaces: { matchLabels: { 'e2e-tier': prod } },
      },
      cases: [
        { it: 'fewer pods than maxPods', spec: count(2) },
        { it: 'exactly maxPods', spec: count(3) },
        {
          it: 'more pods than maxPods',
          spec: count(4),
          refused: [
            'MaxPodsExceeded',
            `spec.targets.count: count 4 would hit 4 pods, above maxPods 3 (${POLICY}): at most 3`,
          ],
        },
        {
          it: 'more pods than maxPods, as a percentage',
          spec: count('100%'),
          refused: [
            'MaxPodsExceeded',
            `spec.targets.count: count 100% would hit 10 pods, above maxPods 3 (${POLICY}): at most 3`,
          ],
        },
        { it: 'a shorter duration than maxDuration', spec: spec({ duration: '29s' }) },
        { it: 'exactly maxDuration, in other units', spec: spec({ duration: '0.5m' }) },
        {
          it: 'a longer duration than maxDuration',
          spec: spec({ duration: '31s' }),
          refused: [
            'MaxDurationExceeded',
            `spec.duration: 31s is above maxDuration 30s (${POLICY}): at most 30s`,
          ],
        },
        { it: 'less than maxLossPercentage', spec: spec({ lossPercentage: 19.9 }) },
        { it: 'exactly maxLossPercentage', spec: spec({ lossPercentage: 20 }) },
        {
          it: 'more than maxLossPercentage',
          spec: spec({ lossPercentage: 20.1 }),
          refused: [
            'MaxLossExceeded',
            `spec.lossPercentage: 20.1 is above maxLossPercentage 20 (${POLICY}): at most 20, or with spec.safety.allowHighLoss true`,
          ],
        },
        {
          it: 'more than maxLossPercentage with the override',
          spec: spec({ lossPercentage: 20.1, safety: { allowHighLoss: true } }),
        },
        {
          it: 'a namespace that the policy protects',
          spec: within(own, vault),
          refused: [
            'ProtectedNamespace',
            `spec.targets.namespaces: namespace ${vault} is protected (${POLICY}): choose another`,
          ],
        },
        {
          it: 'an experiment in a namespace that the policy protects',
          namespace: vault,
          spec: BASE,
          refused: [
            'ProtectedNamespace',
            `metadata.namespace: namespace ${vault} is protected (${POLICY}): choose another`,
          ],
        },
        {
          it: 'a production namespace',
          spec: within(prod),
          refused: [
            'ProductionNamespace',
            `spec.safety.allowProduction: namespace ${prod} is production (e2e-tier=${prod}, ${POLICY}): takes true`,
          ],
        },
        {
          it: 'a production namespace with the override',
          spec: { ...within(prod), safety: { allowProduction: true } },
        },
        { it: 'a namespace that is not production', spec: within(own) },
        {
          it: 'everything at once',
          spec: {
            targets: { ...first(10), count: 5, namespaces: [own, vault, prod] },
            duration: '1m',
            lossPercentage: 30,
          },
          refused: [
            'ProtectedNamespace',
            [
              `spec.targets.namespaces: namespace ${vault} is protected (${POLICY}): choose another`,
              `spec.safety.allowProduction: namespace ${prod} is production (e2e-tier=${prod}, ${POLICY}): takes true`,
              `spec.duration: 1m is above maxDuration 30s (${POLICY}): at most 30s`,
              `spec.lossPercentage: 30 is above maxLossPercentage 20 (${POLICY}): at most 20, or with spec.safety.allowHighLoss true`,
              `spec.targets.count: count 5 would hit 5 pods, above maxPods 3 (${POLICY}): at most 3`,
            ].join('; '),
          ],
        },
        {
          it: 'an update to more pods',
          from: count(3),
          spec: count(4),
          refused: [
            'MaxPodsExceeded',
            `spec.targets.count: count 4 would hit 4 pods, above maxPods 3 (${POLICY}): at most 3`,
          ],
        },
        {
          it: 'an update to more loss',
          from: BASE,
          spec: spec({ lossPercentage: 39 }),
          refused: [
            'MaxLossExceeded',
            `spec.lossPercentage: 39 is above maxLossPercentage 20 (${POLICY}): at most 20, or with spec.safety.allowHighLoss true`,
          ],
        },
        {
          it: 'an update into production',
          from: BASE,
          spec: within(prod),
          refused: [
            'ProductionNamespace',
            `spec.safety.allowProduction: namespace ${prod} is production (e2e-tier=${prod}, ${POLICY}): takes true`,
          ],
        },
        {
          it: 'an update into a protected namespace',
          from: BASE,
          spec: within(vault),
          refused: [
            'ProtectedNamespace',
            `spec.targets.namespaces: namespace ${vault} is protected (${POLICY}): choose another`,
          ],
        },
        {
          it: 'an update of annotations alone',
          from: BASE,
          spec: BASE,
          annotate: { 'example.com/note': 'x' },
        },
      ],
    },
    {
      policy: {
        allowOverrides: 'Deny',
        crossNamespace: 'Deny',
        productionNamespaces: { matchLabels: { 'e2e-tier': prod } },
      },
      cases: [
        {
          it: 'more loss with the override, where overrides are denied',
          spec: spec({ lossPercentage: 41, safety: { allowHighLoss: true } }),
          refused: [
            'MaxLossExceeded',
            `spec.lossPercentage: 41 is above maxLossPercentage 40 (the default): at most 40; overrides are denied (allowOverrides, ${POLICY})`,
          ],
        },
        {
          it: 'a partition with the override, where overrides are denied',
          spec: spec({ action: 'pod-network-partition', safety: { allowHighLoss: true } }),
          refused: [
            'MaxLossExceeded',
            `spec.action: pod-network-partition is an outage: choose another action; overrides are denied (allowOverrides, ${POLICY})`,
          ],
        },
        ...OUTAGES.map(
          ({ it, parts, says: [field, what, passes] }): Case => ({
            it: `${it}, with the override, where overrides are denied`,
            spec: spec({ ...parts, safety: { allowHighLoss: true } }),
            refused: [
              'MaxLossExceeded',
              `${field}: ${what}: ${passes}; overrides are denied (allowOverrides, ${POLICY})`,
            ],
          }),
        ),
        {
          it: 'an override that lifts nothing, where overrides are denied',
          spec: spec({ lossPercentage: 40, safety: { allowHighLoss: true } }),
        },
        {
          it: 'production with the override, where overrides are denied',
          namespace: prod,
          spec: { ...BASE, safety: { allowProduction: true } },
          refused: [
            'ProductionNamespace',
            `spec.safety.allowProduction: namespace ${prod} is production (e2e-tier=${prod}, ${POLICY}), and overrides are denied (allowOverrides, ${POLICY}): choose another`,
          ],
        },
        {
          it: 'another namespace, where that is denied',
          spec: within(own, excluded),
          refused: [
            'CrossNamespace',
            `spec.targets.namespaces: names ${excluded}, and crossNamespace Deny (${POLICY}) allows only the experiment's own namespace ${own}`,
          ],
        },
        { it: 'its own namespace by name, where others are denied', spec: within(own) },
        {
          it: 'an update into another namespace, where that is denied',
          from: BASE,
          spec: within(excluded),
          refused: [
            'CrossNamespace',
            `spec.targets.namespaces: names ${excluded}, and crossNamespace Deny (${POLICY}) allows only the experiment's own namespace ${own}`,
          ],
        },
      ],
    },
    {
      policy: { optInLabel: 'chaos=allowed' },
      cases: [
        { it: 'a pod that has opted in', spec: spec({ targets: { podNames: ['n-0'], count: 1 } }) },
        {
          it: 'a pod that has not opted in',
          spec: spec({ targets: { podNames: ['n-1'], count: 1 } }),
          warned: [
            'NoEligiblePods',
            `none of the 1 pods that match spec.targets can be hit: NotOptedIn 1 (${own}/n-1)`,
          ],
        },
      ],
    },
    {
      policy: { maxConcurrentExperiments: 2 },
      cases: [
        {
          it: 'one more experiment than may run',
          spec: BASE,
          warned: [
            'Queued',
            `waits for a place: 2 experiments run; maxConcurrentExperiments 2 (${POLICY})`,
          ],
        },
        {
          it: 'a dry run, where no more experiments may run',
          spec: { ...BASE, dryRun: true },
        },
      ],
    },
    {
      policy: { halt: true },
      cases: [
        {
          it: 'an experiment while everything is halted',
          spec: BASE,
          refused: [
            'Halted',
            `spec.dryRun: everything is halted by ${POLICY}: only a dry run (true) is taken until halt is taken back`,
          ],
        },
        { it: 'a dry run while everything is halted', spec: { ...BASE, dryRun: true } },
        {
          it: 'a dry run made real while everything is halted',
          from: { ...BASE, dryRun: true },
          spec: BASE,
          refused: [
            'Halted',
            `spec.dryRun: everything is halted by ${POLICY}: only a dry run (true) is taken until halt is taken back`,
          ],
        },
      ],
    },
  ];
}
