import { describe, expect, it } from 'vitest';
import type { ChaosExperimentStatus } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { containerName } from '../container.ts';
import { drawHandle } from '../network/handle.ts';
import { limitsInForce } from '../safety/limits.ts';
import { limitsOf } from '../safety/policy.builder.ts';
import { aPod } from '../targets/pod.builder.ts';
import { identity } from './agent.builder.ts';
import { anEntry, anExperiment, aRun, aStartedExperiment, at, T0 } from './experiment.builder.ts';
import { type PodReading, shortUid } from './observed.ts';
import { readPods } from './observed.builder.ts';
import { decideAt, held, targets, testRows, webs } from './start-row.builder.ts';

const stop = (reason: string) => ({ annotations: { 'squall.dev/stop': reason } });

const inForce = (spec: Parameters<typeof limitsOf>[0]) =>
  ({ kind: 'read', value: limitsOf(spec) }) as const;

const failedBefore = {
  observedGeneration: 1,
  phase: 'Failed',
  message: 'x',
} as const satisfies ChaosExperimentStatus;

describe('an experiment that must not start', () => {
  testRows({
    'is left alone when it is being deleted': { given: { deletionTimestamp: at(50) } },
    'is let go when it is being deleted': {
      given: { deletionTimestamp: at(50), finalizers: held },
      finalizer: 'remove',
    },
    'is Aborted when it was stopped before it started': {
      given: stop('enough'),
      comesTo: ['Aborted', 'StoppedBeforeStart'],
      message: 'stopped before it started: enough',
    },
    'says no more of the reason to stop than status takes': {
      given: stop('x'.repeat(40_000)),
      comesTo: ['Aborted', 'StoppedBeforeStart'],
      message: `stopped before it started: ${'x'.repeat(999)}…`,
    },
    'needs no reason to be stopped': {
      given: stop(''),
      comesTo: ['Aborted', 'StoppedBeforeStart'],
      message: 'stopped before it started: no reason given',
    },
    'is Aborted when it was stopped after a dry run': {
      given: { ...stop('enough'), status: { observedGeneration: 1, phase: 'Planned' } },
      comesTo: ['Aborted', 'StoppedBeforeStart'],
    },
    'is Aborted once': {
      given: { ...stop('enough'), status: { observedGeneration: 1, phase: 'Aborted' } },
    },
    'stays Aborted when the annotation is taken away': {
      given: { status: { observedGeneration: 1, phase: 'Aborted' } },
    },
    'stays Failed when it is stopped afterwards': {
      given: { ...stop('enough'), status: failedBefore },
    },
    'is refused when its duration cannot be read': {
      given: { spec: { duration: '3 days' } },
      comesTo: ['Failed', 'InvalidSpec'],
      message: 'spec.duration "3 days" is not a duration such as 30s, 5m or 1h30m',
    },
    'is refused when its injectionTimeout cannot be read': {
      given: { spec: { injectionTimeout: '-1s' } },
      comesTo: ['Failed', 'InvalidSpec'],
    },
    'is refused when its startingDeadline cannot be read': {
      given: { spec: { startingDeadline: '5' } },
      comesTo: ['Failed', 'InvalidSpec'],
    },
    'is refused when the steps of its profile are out of order': {
      given: {
        spec: {
          profile: [
            { at: '2s', latency: '1s' },
            { at: '1s', latency: '0ms' },
          ],
        },
      },
      comesTo: ['Failed', 'InvalidSpec'],
      message:
        'spec.profile[1].at: 1s is not after the step before it: takes a time above 2s, as steps are in the order of their times',
    },
    'is refused when it is older than its startingDeadline': {
      given: {},
      at: 600_001,
      comesTo: ['Failed', 'StartingDeadlineExceeded'],
      message:
        'created 600 s ago and never run, later than spec.startingDeadline 10m allows: create it anew',
    },
    'is refused when it could not start until then': {
      given: { status: { observedGeneration: 1, phase: 'Pending' } },
      at: 600_001,
      comesTo: ['Failed', 'StartingDeadlineExceeded'],
    },
    'is refused when it reaches into another namespace': {
      given: { spec: { targets: { ...targets(1), namespaces: ['shop', 'bank'] } } },
      comesTo: ['Failed', 'CrossNamespace'],
      message:
        "spec.targets.namespaces: names bank, and this installation, which does not check the rights of requesters, allows only the experiment's own namespace shop",
    },
    'is refused while everything is halted': {
      given: {},
      sees: { limits: inForce({ halt: true }) },
      comesTo: ['Failed', 'Halted'],
      message:
        'spec.dryRun: everything is halted by SafetyPolicy strict: only a dry run (true) is taken until halt is taken back',
    },
    'stays refused when halt is taken back': {
      given: { status: { observedGeneration: 1, phase: 'Failed', endTime: at(0) } },
    },
    'is refused as a copy of one that was run, as a backup restores it': {
      given: { annotations: { 'squall.dev/run': 'another-uid' } },
      comesTo: ['Failed', 'Restored'],
      message:
        'a copy of an experiment that was run as another-uid, as a backup restores it: to run it, create it without the annotation squall.dev/run',
    },
    'says no more of the run that it was than status takes': {
      given: { annotations: { 'squall.dev/run': 'x'.repeat(40_000) } },
      comesTo: ['Failed', 'Restored'],
      message: `${'a copy of an experiment that was run as '.padEnd(3_999, 'x')}…`,
    },
    'waits while the policies cannot be read': {
      given: {},
      sees: { limits: { kind: 'unreadable', message: 'the policies cannot be read: Forbidden' } },
      comesTo: ['Pending', 'PolicyUnreadable'],
      message: 'the policies cannot be read: Forbidden',
      wakes: 1_100,
    },
    'waits while the namespaces cannot be read': {
      given: {},
      sees: { namespaces: { kind: 'unreadable', message: 'the namespaces cannot be read' } },
      comesTo: ['Pending', 'ClusterUnreadable'],
      message: 'the namespaces cannot be read',
      wakes: 1_100,
    },
    'waits while what was read of the pods may be old': {
      given: {},
      sees: {
        pods: { ...readPods(webs(3)), stale: 'the pods cannot be read: reset' } as PodReading,
      },
      comesTo: ['Pending', 'ClusterUnreadable'],
      message: 'the pods cannot be read: reset',
      wakes: 1_100,
    },
    'waits for a namespace that has pods and is not known yet': {
      given: {},
      sees: { namespaces: { kind: 'read', value: { get: () => undefined } } },
      comesTo: ['Pending', 'ClusterUnreadable'],
      message: 'namespace shop cannot be read yet',
      wakes: 1_100,
    },
    'waits for a place': {
      given: { finalizers: held },
      sees: {
        limits: inForce({ maxConcurrentExperiments: 1 }),
        others: [aStartedExperiment([anEntry({ name: 'db' })], { name: 'other' })],
      },
      comesTo: ['Pending', 'Queued'],
      message:
        'waits for a place: 1 experiments run; maxConcurrentExperiments 1 (SafetyPolicy strict)',
      wakes: 5_100,
    },
    'is refused when it has waited for a place beyond its startingDeadline': {
      given: { status: { observedGeneration: 1, phase: 'Pending' } },
      sees: {
        limits: inForce({ maxConcurrentExperiments: 1 }),
        others: [aStartedExperiment([anEntry({ name: 'db' })], { name: 'other' })],
      },
      at: 600_001,
      comesTo: ['Failed', 'StartingDeadlineExceeded'],
    },
    'waits while the pods cannot be read': {
      given: {},
      sees: { pods: { kind: 'unreadable', message: 'connection refused' } },
      comesTo: ['Pending', 'ClusterUnreadable'],
      message: 'connection refused',
      wakes: 1_100,
    },
    'is refused when no pod matches': {
      given: {},
      sees: { pods: [] },
      comesTo: ['Failed', 'NoEligiblePods'],
      message: 'no pod matches spec.targets',
    },
    'is refused when every pod that matches is turned down': {
      given: {},
      sees: { pods: [aPod({ phase: 'Pending' }), aPod({ name: 'db', hostNetwork: true })] },
      comesTo: ['Failed', 'NoEligiblePods'],
      message:
        'none of the 2 pods that match spec.targets can be hit: HostNetwork 1 (shop/db); NotRunning 1 (shop/web)',
    },
    'is refused above its maxPercentage': {
      given: {
        spec: { safety: { maxPercentage: 30, allowHighLoss: false, allowProduction: false } },
      },
      sees: { pods: webs(2) },
      comesTo: ['Failed', 'MaxPercentageExceeded'],
    },
    'is refused above its maxPercentage together with the faults of others': {
      given: {
        finalizers: held,
        spec: { safety: { maxPercentage: 34, allowHighLoss: false, allowProduction: false } },
      },
      sees: { others: [aStartedExperiment([anEntry({ name: 'web-0' })], { name: 'other' })] },
      comesTo: ['Failed', 'MaxPercentageExceeded'],
    },
    'is refused once': { given: { status: failedBefore } },
    'is let go when it was refused': {
      given: { status: failedBefore, finalizers: held },
      finalizer: 'remove',
    },
  });

  it('keeps the plan that was refused, so that its figures can be read', () => {
    const experiment = anExperiment({
      spec: { safety: { maxPercentage: 30, allowHighLoss: false, allowProduction: false } },
    });
    const { status } = decideAt(experiment, { pods: webs(2) });
    expect(status.plan).toMatchObject({ matched: 2, eligible: 2, selected: 1 });
    expect(status.pods).toBeUndefined();
  });

  it('waits without a word more while nothing changes', () => {
    const sees = { pods: { kind: 'unreadable', message: 'connection refused' } } as const;
    const { status } = decideAt(anExperiment(), sees);
    expect(decideAt(anExperiment({ status }), sees, 1_100)).toEqual({
      status,
      effects: [],
      wakeAt: T0 + 2_100,
    });
  });
});

describe('an experiment that may start', () => {
  const planned = ['Injecting', 'Planned'] as const;
  const go = { given: { finalizers: held }, comesTo: planned, writeAhead: true } as const;
  testRows({
    'is held by the finalizer before anything else': { given: {}, finalizer: 'add' },
    'is written ahead, and nothing is done before that': {
      ...go,
      message: 'planned: 1 of 3 matched pods',
    },
    'starts on the last moment of its startingDeadline': { ...go, at: 600_000 },
    'starts however old when a dry run has planned it': {
      ...go,
      given: {
        finalizers: held,
        generation: 2,
        status: { observedGeneration: 1, phase: 'Planned' },
      },
      at: 9_000_000,
    },
    'starts when the spec was changed after a refusal': {
      ...go,
      given: { finalizers: held, generation: 2, status: failedBefore },
    },
    'starts as the object that carries its own mark': {
      ...go,
      given: { finalizers: held, annotations: { 'squall.dev/run': identity.uid } },
    },
    'starts when the place is free again': {
      ...go,
      given: { finalizers: held },
      sees: {
        limits: inForce({ maxConcurrentExperiments: 1 }),
        others: [anExperiment({ name: 'other', status: { phase: 'Completed', startTime: at(0) } })],
      },
    },
    'starts when the pods can be read again': {
      ...go,
      given: { finalizers: held, status: { observedGeneration: 1, phase: 'Pending' } },
    },
    'may name its own namespace': {
      ...go,
      given: { finalizers: held, spec: { targets: { ...targets(1), namespaces: ['shop'] } } },
    },
    'may reach into another namespace where the rights of requesters are checked': {
      ...go,
      given: { finalizers: held, spec: { targets: { ...targets(1), namespaces: ['bank'] } } },
      sees: {
        pods: [aPod({ namespace: 'bank' })],
        limits: { kind: 'read', value: limitsInForce([], { requesterChecked: true }) },
      },
    },
    'may hit exactly its maxPercentage': {
      ...go,
      given: {
        finalizers: held,
        spec: { safety: { maxPercentage: 50, allowHighLoss: false, allowProduction: false } },
      },
      sees: { pods: webs(2) },
    },
  });

  it('writes ahead everything that its containers are made from', () => {
    const experiment = anExperiment({
      finalizers: held,
      spec: { correlation: 100, direction: 'egress', targets: targets('100%') },
    });
    const pod = aPod();
    expect(decideAt(experiment, { pods: [pod] })).toEqual({
      writeAhead: true,
      effects: [],
      status: {
        observedGeneration: 1,
        phase: 'Injecting',
        message: 'planned: 1 of 1 matched pods',
        attempt: 1,
        startTime: at(100),
        conditions: [
          {
            type: 'Accepted',
            status: 'True',
            reason: 'Planned',
            message: 'planned: 1 of 1 matched pods',
            observedGeneration: 1,
            lastTransitionTime: at(100),
          },
        ],
        plan: {
          matched: 1,
          eligible: 1,
          selected: 1,
          rejected: [],
          targetsHash: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
        run: aRun({
          container: containerName(identity.uid, 1),
          handle: drawHandle(identity.uid, 1, new Set()).id,
          startBefore: at(60_100),
          deadline: at(70_100),
          netem: ['limit 100000 loss gemodel 0.2% 0.8%'],
          direction: 'egress',
        }),
        pods: [{ namespace: 'shop', name: 'web', uid: shortUid(pod), state: 'Planned' }],
        summary: {
          pods: '0/1',
          asked: '20%',
          injected: 0,
          recovered: 0,
          failed: 0,
          gone: 0,
          leaked: 0,
          unknown: 0,
        },
      },
    });
  });

  it.each([
    [['192.0.2.0/24'], '; the peers have addresses of IPv4 only: nothing else is hit'],
    [['2001:db8::/32'], '; the peers have addresses of IPv6 only: nothing else is hit'],
    [['192.0.2.0/24', '2001:db8::/32'], ''],
  ])('says which packets peers of one family leave alone: %j', (ranges, said) => {
    const peers = ranges.map((cidr) => ({ cidr }));
    const experiment = anExperiment({ finalizers: held, spec: { peers } });
    const message = `planned: 1 of 1 matched pods${said}`;
    expect(decideAt(experiment, { pods: [aPod()] }).status).toMatchObject({ message });
  });

  it('counts its attempts', () => {
    const { status } = decideAt(
      anExperiment({ finalizers: held, generation: 2, status: { ...failedBefore, attempt: 1 } }),
    );
    expect(status).toMatchObject({
      attempt: 2,
      run: { container: containerName(identity.uid, 2) },
    });
  });
});
