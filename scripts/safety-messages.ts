import { dump } from 'js-yaml';
import type { ChaosExperiment } from '../src/api/v1alpha1/chaos-experiment.generated.ts';
import type { SafetyPolicySpec } from '../src/api/v1alpha1/safety-policy.generated.ts';
import {
  anEntry,
  anExperiment,
  aStartedExperiment,
  at,
  T0,
} from '../src/domain/lifecycle/experiment.builder.ts';
import { observed } from '../src/domain/lifecycle/observed.builder.ts';
import { start } from '../src/domain/lifecycle/start.ts';
import { aPeerWorld } from '../src/domain/peers/world.builder.ts';
import { limitsInForce } from '../src/domain/safety/limits.ts';
import { aPolicy, limitsOf } from '../src/domain/safety/policy.builder.ts';
import { aPod } from '../src/domain/targets/pod.builder.ts';
import type { Pod } from '../src/domain/targets/pod.ts';
import { VirtualClock } from '../src/kube/virtual-clock.ts';
import { admitExperiment } from '../webhook/admission/experiment.ts';
import { admitPolicy } from '../webhook/admission/policy.ts';
import type { AdmissionRequest, Verdict } from '../webhook/review.ts';
import { code, type Row, type Table } from './table.ts';

/** An experiment `shop/loss` of 5 % for 30 s in one of the four pods of ReplicaSet web-5d, and what is special. */
interface Case {
  /** Fields of spec, as their author writes them. */
  readonly spec?: { readonly targets?: object; readonly [field: string]: unknown };
  /** SafetyPolicy `strict`. */
  readonly policy?: SafetyPolicySpec;
  /** What is special besides, in words. */
  readonly where?: string;
  readonly requesterUnchecked?: true;
  readonly besides?: readonly Pod[];
  readonly others?: readonly ChaosExperiment[];
  readonly unreadable?: string;
  /** Namespaces in which the requester lacks the right to inject, or to list pods. */
  readonly mayNotInject?: readonly string[];
  readonly mayNotList?: readonly string[];
}

const owner = { kind: 'ReplicaSet', name: 'web-5d', uid: 'rs' };
const pods = [0, 1, 2, 3].map((i) => aPod({ name: `web-${i}`, owner }));
const apis = [0, 1, 2, 3].map((i) =>
  aPod({ name: `api-${i}`, excluded: true, owner: { ...owner, name: 'api-7f', uid: 'rs-2' } }),
);
const selector = { matchLabels: { app: 'web' } };
const bank = { namespaces: ['bank'] };
const production = { productionNamespaces: { matchLabels: { tier: 'prod' } } };
const namespaces = {
  get: (name: string) => ({
    name,
    labels: name === 'bank' ? { tier: 'prod' } : {},
    excluded: false,
  }),
};
const BANK = 'namespace bank has the label tier=prod';
const faulted = aStartedExperiment(
  pods.slice(0, 1).map(({ metadata }) => anEntry({ name: metadata.name, state: 'Injected' })),
  { name: 'other', uid: 'other' },
);

/** At least one for each rule, in their order. */
const broken: readonly Case[] = [
  { policy: { halt: true } },
  { spec: { targets: bank }, policy: { crossNamespace: 'Deny' } },
  {
    spec: { targets: bank },
    requesterUnchecked: true,
    where: 'the policy squall-requester is not there',
  },
  { spec: { targets: { namespaces: ['kube-system'] } } },
  { policy: { protectedNamespaces: ['shop'] } },
  { spec: { targets: bank }, policy: production, where: BANK },
  {
    spec: { targets: bank, safety: { allowProduction: true } },
    policy: { ...production, allowOverrides: 'Deny' },
    where: BANK,
  },
  { spec: { duration: '2h' } },
  { spec: { lossPercentage: 30 }, policy: { maxLossPercentage: 20 } },
  {
    spec: { lossPercentage: 50, safety: { allowHighLoss: true } },
    policy: { allowOverrides: 'Deny' },
  },
  { spec: { profile: [{ at: '5s', lossPercentage: 90 }] } },
  { spec: { action: 'pod-network-corruption', corruptPercentage: 50 } },
  { spec: { lossPercentage: 30, corruptPercentage: 20 } },
  {
    spec: { action: 'pod-network-partition', safety: { allowHighLoss: true } },
    policy: { allowOverrides: 'Deny' },
  },
  { spec: { action: 'pod-network-bandwidth', rate: '1kbit' } },
  { spec: { action: 'pod-network-delay', latency: '30s' } },
  { spec: { targets: { count: '100%' } }, policy: { maxPods: 3 } },
  { spec: { targets: { count: 2 } }, policy: { maxPercentage: 30 } },
  { spec: { targets: { count: 2 }, safety: { maxPercentage: 30 } } },
  {
    spec: { targets: { count: 2 } },
    policy: { maxPercentage: 50 },
    others: [faulted],
    where: 'web-0 is under the fault of another experiment',
  },
  {
    spec: { targets: { count: 3 } },
    policy: { maxPercentage: 50 },
    besides: apis,
    where: 'four pods of another ReplicaSet match too, and are excluded',
  },
  { spec: { targets: { podNames: ['web-0'] } }, policy: { maxPercentage: 50 } },
];

const answered: readonly Case[] = [
  {},
  { mayNotList: ['shop'], where: 'the requester may not list pods there' },
  {
    policy: { maxConcurrentExperiments: 1 },
    others: [faulted],
    where: 'another experiment runs',
  },
  {
    spec: { targets: bank },
    mayNotInject: ['bank'],
    where: 'ada may not patch pods/ephemeralcontainers in bank',
  },
  {
    spec: {
      profile: [
        { at: '20s', lossPercentage: 10 },
        { at: '10s', lossPercentage: 20 },
      ],
    },
  },
  { unreadable: 'the policies cannot be read: not read yet', where: 'the webhook cannot read' },
];

async function admit(one: Case): Promise<Verdict> {
  const { policy = {}, besides = [], others = [], mayNotInject = [], mayNotList = [] } = one;
  const requesterChecked = one.requesterUnchecked !== true;
  const { apiVersion, kind, metadata } = anExperiment();
  const base = { action: 'pod-network-loss', duration: '30s' };
  const object = {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: metadata.namespace },
    spec: { ...base, ...one.spec, targets: { selector, ...one.spec?.targets } },
  };
  const request: AdmissionRequest = {
    uid: 'review',
    kind: { group: 'squall.dev', version: 'v1alpha1', kind },
    resource: { group: 'squall.dev', version: 'v1alpha1', resource: 'chaosexperiments' },
    operation: 'CREATE',
    namespace: 'shop',
    name: 'loss',
    userInfo: { username: 'ada' },
    object,
  };
  const limits = limitsInForce([aPolicy(policy)], { requesterChecked });
  return admitExperiment(
    request,
    {
      see: () =>
        one.unreadable === undefined
          ? {
              kind: 'seen',
              world: {
                pods: [...pods, ...besides],
                namespaces,
                limits,
                peers: aPeerWorld(),
                ended: () => false,
              },
              experiments: others,
            }
          : { kind: 'unreadable', message: one.unreadable },
      clock: new VirtualClock(T0),
      lacking: async (_user, { verb }, asked) =>
        asked.filter((name) => (verb === 'list' ? mayNotList : mayNotInject).includes(name)),
    },
    new AbortController().signal,
  );
}

const flow = (value: object) =>
  code(dump(value, { flowLevel: 0, lineWidth: -1, noRefs: true }).trim());

function given({ spec, policy, where }: Case): string {
  const special = [
    ...(spec ? [`spec ${flow(spec)}`] : []),
    ...(policy ? [`policy ${flow(policy)}`] : []),
    ...(where === undefined ? [] : [where]),
  ];
  return special.length === 0 ? 'nothing special' : special.join('; ');
}

/** For each rule what it says; the reasons, inputs and words are those of the webhook, which are those of the controller. */
export async function messages(): Promise<Table> {
  const rows = broken.map(async (one): Promise<Row> => {
    const { message = '', auditAnnotations } = await admit(one);
    return [code(auditAnnotations?.['decision'] ?? ''), given(one), message];
  });
  return { heading: ['Rule', 'For example', 'Message'], rows: await Promise.all(rows) };
}

/** What the webhook says besides. */
export async function webhookMessages(): Promise<Table> {
  const rows = answered.map(async (one): Promise<Row> => {
    const { allowed, code: status = 422, message, warnings = [] } = await admit(one);
    const words = allowed ? warnings.join('<br>') : (message ?? '');
    return [allowed ? 'let in, with a warning' : `refused, ${status}`, given(one), words];
  });
  return { heading: ['Answer', 'For example', 'Words'], rows: await Promise.all(rows) };
}

/** What the webhook tells whoever writes a SafetyPolicy. */
export function policyWarnings(): Table {
  const cases: readonly (readonly [spec: SafetyPolicySpec, other: SafetyPolicySpec])[] = [
    [{ halt: true }, {}],
    [{ maxPods: 500 }, { maxPods: 5 }],
    [{ maxDuration: '2h' }, { maxDuration: '30m' }],
  ];
  return {
    heading: ['A policy', 'Beside policy strict', 'Warning'],
    rows: cases.map(([spec, other]): Row => {
      const request = { object: aPolicy(spec, 'mine') } as unknown as AdmissionRequest;
      const { warnings = [] } = admitPolicy(request, {
        policies: () => [aPolicy(other)],
        experiments: () => [faulted],
      });
      return [flow(spec), flow(other), warnings.join('<br>')];
    }),
  };
}

/** What keeps an experiment that was let in from starting, besides the rules: as status says it. */
export function startMessages(): Table {
  const cases: readonly (readonly [where: string, ...Parameters<typeof observed>])[] = [
    [
      'as many run as may',
      anExperiment(),
      {
        pods,
        others: [faulted],
        limits: { kind: 'read', value: limitsOf({ maxConcurrentExperiments: 1 }) },
      },
    ],
    [
      'policies cannot be read',
      anExperiment(),
      { limits: { kind: 'unreadable', message: 'the policies cannot be read: not read yet' } },
    ],
    [
      'pods or namespaces cannot be read',
      anExperiment(),
      { pods: { kind: 'unreadable', message: 'the pods cannot be read: not read yet' } },
    ],
    ['nothing can be hit', anExperiment(), { pods: [aPod({ name: 'web-0', excluded: true })] }],
    [
      'a step after the end of the run, and no webhook',
      anExperiment({ spec: { profile: [{ at: '10s', lossPercentage: 10 }] } }),
    ],
    ['a stop came first', anExperiment({ annotations: { 'squall.dev/stop': 'not today' } })],
    ['no controller for an hour', anExperiment({ creationTimestamp: at(-3_600_000) })],
    ['restored from a backup', anExperiment({ annotations: { 'squall.dev/run': 'its-old-uid' } })],
  ];
  return {
    heading: ['Reason', 'Phase', 'For example', 'Message'],
    rows: cases.map(([where, experiment, sees]): Row => {
      const { status } = start(observed(experiment, sees), T0);
      const accepted = status.conditions?.find(({ type }) => type === 'Accepted');
      return [code(accepted?.reason ?? ''), status.phase ?? '', where, status.message ?? ''];
    }),
  };
}
