import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { PHASES } from '../../api/v1alpha1/phases.ts';
import { podStates } from '../../api/v1alpha1/pod-states.ts';
import { podReasons } from '../../api/v1alpha1/reasons.ts';
import { agentReasons } from '../agent/report.ts';
import { aContainer, aPod } from '../targets/pod.builder.ts';
import type { ContainerState, Pod } from '../targets/pod.ts';
import { anAgent, aReaper, CONTAINER, reportText, terminated } from './agent.builder.ts';
import { decide } from './decide.ts';
import { checkDecision } from './decision.checks.ts';
import { anEntry, anExperiment, aStartedExperiment, at, T0 } from './experiment.builder.ts';
import { observed, readPods } from './observed.builder.ts';
import { type Activity, type PodActivity, type PodReading, shortUid } from './observed.ts';

describe('decide', () => {
  const pods = [aPod()];

  it('plans what has not started', () => {
    const experiment = anExperiment({ finalizers: ['squall.dev/recover'] });
    expect(decide(observed(experiment, { pods }), T0)).toMatchObject({ writeAhead: true });
  });

  it('carries on what has', () => {
    const decision = decide(observed(aStartedExperiment(), { pods }), T0);
    expect(decision).not.toHaveProperty('writeAhead');
    expect(decision.effects).toEqual([{ kind: 'inject', pod: pods[0] }]);
  });
});

/** Moments around everything that matters in a run, in milliseconds since its start. */
const ms = fc.oneof(
  fc.constantFrom(0, 1_500, 10_000, 60_000, 70_000, 85_000, 90_000, 100_000, 120_000, 180_000),
  fc.integer({ min: -20_000, max: 400_000 }),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const dropUndefined = <T extends object>(parts: T) =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const report = fc
  .record({
    applied: fc.boolean(),
    clean: fc.boolean(),
    reason: fc.constantFrom(...agentReasons),
    appliedAtMs: ms.map((time) => T0 + time),
    endedAtMs: ms.map((time) => T0 + time),
    uid: maybe(fc.constant('another')),
  })
  .map((parts) => reportText(dropUndefined(parts)));
const containerState: fc.Arbitrary<ContainerState> = fc.oneof(
  fc.constant({ kind: 'unreported' as const }),
  fc.constant({ kind: 'running' as const, startedAt: '' }),
  fc.constantFrom('ContainerCreating', 'ErrImagePull', 'RunContainerError', '').map((reason) => ({
    kind: 'waiting' as const,
    reason,
    message: '',
  })),
  fc
    .record({
      message: fc.oneof(report, fc.string()),
      reason: fc.constantFrom('Completed', 'Error', 'StartError', ''),
      at: ms.map((time) => T0 + time),
    })
    .map(({ message, ...parts }) => terminated(message, parts)),
);
const pod = (name: string): fc.Arbitrary<Pod> =>
  fc
    .record({
      agent: maybe(containerState),
      reapers: fc.array(containerState, { maxLength: 3 }),
      foreign: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
      phase: fc.constantFrom('Running', 'Running', 'Running', 'Succeeded', 'Failed'),
      terminating: fc.boolean(),
      uid: maybe(fc.constant('another-pod-of-that-name')),
    })
    .map(({ agent, reapers, foreign, ...parts }) =>
      aPod({
        name,
        ...dropUndefined(parts),
        ephemeralContainers: [
          ...(foreign ? [aContainer({ name: CONTAINER })] : []),
          ...(agent === undefined ? [] : [anAgent(agent)]),
          ...reapers.map((state, index) => aReaper(index + 1, state)),
        ],
      }),
    );

function activity<Result>(result: fc.Arbitrary<Result>): fc.Arbitrary<Activity<Result>> {
  return fc.oneof(
    fc.constant({ kind: 'idle' as const }),
    fc.constant({ kind: 'busy' as const }),
    fc.record({ kind: fc.constant('done' as const), at: ms.map((time) => T0 + time), result }),
    fc.record({
      kind: fc.constant('failed' as const),
      at: ms.map((time) => T0 + time),
      tries: fc.integer({ min: 1, max: 2_000 }),
      denied: fc.boolean(),
      message: fc.constant('no answer'),
    }),
  );
}
const injection = fc.oneof(
  fc.constant({ kind: 'accepted' as const }),
  fc.constantFrom('PolicyDenied' as const, 'PodGone' as const).map((reason) => ({
    kind: 'refused' as const,
    reason,
    message: 'because',
  })),
);
const time = ms.map((since) => T0 + since);
const done: fc.Arbitrary<PodActivity> = fc.record({
  preflight: activity(injection),
  inject: activity(injection),
  injectUncertain: fc.boolean(),
  proof: activity(
    fc.record({ readAt: time, startedAtMs: time, appliedAtMs: time }, { requiredKeys: ['readAt'] }),
  ),
  update: activity(fc.constant({ generation: '0' })),
  stop: activity(fc.constant({})),
  reap: activity(injection),
});

const entry = (name: string) =>
  fc
    .record({
      state: fc.constantFrom(...(Object.keys(podStates) as (keyof typeof podStates)[])),
      reason: maybe(fc.constantFrom(...Object.keys(podReasons))),
      applied: maybe(ms),
      ended: maybe(ms),
      reaps: maybe(fc.integer({ min: 1, max: 3 })),
    })
    .map((parts) => anEntry({ name, ...dropUndefined(parts) }));

const metadata = fc
  .record({
    deletionTimestamp: maybe(fc.constant(at(5))),
    annotations: maybe(fc.constant({ 'squall.dev/stop': '' })),
    finalizers: maybe(fc.constantFrom<string[]>([], ['squall.dev/recover'])),
    generation: fc.integer({ min: 1, max: 2 }),
  })
  .map(dropUndefined);
const experiment: fc.Arbitrary<ChaosExperiment> = fc.oneof(
  fc
    .record({
      parts: metadata,
      entries: fc.tuple(entry('a'), entry('b')),
      phase: fc.constantFrom(...PHASES),
    })
    .map(({ parts, entries, phase }) =>
      aStartedExperiment(entries, { ...parts, status: { phase } }),
    ),
  fc
    .record({
      parts: metadata,
      phase: maybe(fc.constantFrom(...PHASES)),
      dryRun: fc.boolean(),
      duration: fc.oneof(fc.constantFrom('10s', '5', ''), fc.string()),
      count: fc.oneof(fc.integer(), fc.constantFrom('0%', '30%', '100%')),
    })
    .map(({ parts, phase, dryRun, duration, count }) =>
      anExperiment({
        ...parts,
        spec: { dryRun, duration, targets: { selector: {}, count } },
        ...(phase && { status: { phase, observedGeneration: 1 } }),
      }),
    ),
);
const reading: fc.Arbitrary<PodReading> = fc.oneof(
  fc.record(
    { kind: fc.constant('unreadable' as const), message: fc.string(), since: time },
    { requiredKeys: ['kind', 'message'] },
  ),
  fc.tuple(maybe(pod('a')), maybe(pod('b'))).map((seen) => readPods(seen.filter((one) => !!one))),
);

it('decides whatever is observed: nothing twice, nothing forgotten, nothing taken back', () => {
  const names = ['a', 'b'].map((name) => shortUid(aPod({ name })));
  fc.assert(
    fc.property(
      fc.record({
        experiment,
        pods: reading,
        activities: fc.tuple(maybe(done), maybe(done)),
        wroteAhead: fc.boolean(),
        other: maybe(experiment),
        now: ms,
      }),
      ({ experiment: given, activities, other, now, ...seen }) => {
        const known = activities.flatMap((one, i) => (one ? [[names[i] ?? '', one] as const] : []));
        const sight = observed(given, {
          ...seen,
          activities: new Map(known),
          others: other === undefined ? [] : [other],
        });
        checkDecision(sight, decide(sight, T0 + now), T0 + now);
      },
    ),
    // A busy machine looks less far, not longer.
    { numRuns: 1_000, interruptAfterTimeLimit: 4_000 },
  );
}, 30_000);
