import { describe, expect, it } from 'vitest';
import type { PodStatusEntry, Targets } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { limitsOf } from '../safety/policy.builder.ts';
import { aPeerWorld } from '../peers/world.builder.ts';
import { aPod } from '../targets/pod.builder.ts';
import type { ContainerState } from '../targets/pod.ts';
import { anAgent } from './agent.builder.ts';
import { anEntry, aRun, aStartedExperiment, at, T0 } from './experiment.builder.ts';
import { observed } from './observed.builder.ts';
import { carryOn, type StartedStatus } from './run.ts';

type Entry = Partial<PodStatusEntry> & { readonly name: string };
type Sees = NonNullable<Parameters<typeof observed>[1]>;

const running: ContainerState = { kind: 'running', startedAt: '' };
const withAgent = (name: string) => aPod({ name, ephemeralContainers: [anAgent(running)] });
const injected = (name: string) => ({ name, state: 'Injected', applied: 1_500 }) as const;
const recovered = (name: string) =>
  ({ name, state: 'Recovered', reason: 'Elapsed', applied: 1_500, ended: 11_500 }) as const;
const gone = (name: string) =>
  ({ name, state: 'Gone', reason: 'PodGone', applied: 1_500 }) as const;

/** The decision about a run of 10 s with these targets, at `ms` after its start. */
function decideAt(ms: number, targets: Partial<Targets>, entries: readonly Entry[], sees: Sees) {
  const spec = { targets: { selector: { matchLabels: { app: 'web' } }, count: 2, ...targets } };
  const experiment = aStartedExperiment(entries.map(anEntry), { spec });
  return carryOn(observed(experiment, sees), experiment.status as StartedStatus, T0 + ms);
}

const dynamic = { mode: 'dynamic' } as const;
const joinedBy = (decision: ReturnType<typeof decideAt>) =>
  (decision.status.pods ?? []).filter(({ batch }) => batch !== undefined).map(({ name }) => name);

describe('a dynamic run', () => {
  it('gives a replacement the fault for the time that is left, and writes that down first', () => {
    const pods = [withAgent('a'), aPod({ name: 'new' })];
    const decision = decideAt(5_000, dynamic, [injected('a'), gone('b')], { pods });
    expect(decision.status.pods?.at(-1)).toEqual(anEntry({ name: 'new', batch: 5_000 }));
    expect(decision).toMatchObject({
      writeAhead: true,
      status: { phase: 'Running', run: { joinedDeadline: at(11_500) } },
    });
    expect(decision.effects.map(({ kind, pod }) => `${kind} ${pod.metadata.name}`)).toEqual([]);
  });

  it('aims the fault of a pod that joins at where the peers are now, and tells those that were there before', () => {
    const spec = {
      targets: { selector: { matchLabels: { app: 'web' } }, count: 2, ...dynamic },
      peers: [{ pods: { selector: { matchLabels: { app: 'db' } } } }],
    };
    const run = aRun({ peers: ['hit ip any - - 10.0.0.7'] });
    const entries = [anEntry(injected('a')), anEntry(gone('b'))];
    const pods = [withAgent('a'), aPod({ name: 'new' })];
    const db = aPod({ name: 'db', labels: { app: 'db' }, ips: ['10.0.0.8'] });
    const sees = {
      pods,
      peers: { kind: 'read', value: aPeerWorld({ pods: [...pods, db] }) },
    } as const;
    const before = aStartedExperiment(entries, { spec, status: { run } });
    const joined = carryOn(observed(before, sees), before.status as StartedStatus, T0 + 5_000);
    expect(joined.status.run?.peers).toEqual(['hit ip any - - 10.0.0.8']);
    expect(joined.effects.map(({ kind }) => kind)).toEqual(['update']);

    const after = {
      ...before,
      status: { ...joined.status, run: { ...aRun(), ...joined.status.run } },
    };
    const told = carryOn(observed(after, sees), after.status as StartedStatus, T0 + 5_001);
    expect(told.effects.map(({ kind, pod }) => `${kind} ${pod.metadata.name}`)).toEqual([
      'update a',
      'inject new',
    ]);
  });

  it('never has more pods in its hands than the count', () => {
    const pods = [withAgent('a'), withAgent('b'), aPod({ name: 'new' })];
    const decision = decideAt(5_000, dynamic, [injected('a'), injected('b')], { pods });
    expect(joinedBy(decision)).toEqual([]);
  });

  it('waits until the pod that is being replaced is gone', () => {
    const leaving = aPod({
      name: 'b',
      terminating: true,
      ephemeralContainers: [anAgent(running)],
    });
    const pods = [withAgent('a'), leaving, aPod({ name: 'new' })];
    const decision = decideAt(5_000, dynamic, [injected('a'), injected('b')], { pods });
    expect(joinedBy(decision)).toEqual([]);
  });

  it('lets nobody in while a pod of its own may not be chosen any more: limits were not judged for both', () => {
    const barred = { ...withAgent('a'), excluded: true };
    const pods = [barred, aPod({ name: 'b' }), aPod({ name: 'new' })];
    const decision = decideAt(5_000, dynamic, [injected('a'), gone('c')], { pods });
    expect(joinedBy(decision)).toEqual([]);
  });

  it.each<[string, Partial<Targets>, number, Sees]>([
    ['shortly before the end', dynamic, 10_000, {}],
    ['in a static run', {}, 5_000, {}],
    ['when the run is over', dynamic, 11_500, {}],
    [
      'where a rule forbids it',
      dynamic,
      5_000,
      { limits: { kind: 'read', value: limitsOf({ maxPercentage: 50 }) } },
    ],
    [
      'while the policies cannot be read',
      dynamic,
      5_000,
      { limits: { kind: 'unreadable', message: '' } },
    ],
  ])('lets no pod join %s', (_name, targets, ms, sees) => {
    const pods = [withAgent('a'), aPod({ name: 'new' })];
    const decision = decideAt(ms, targets, [injected('a'), gone('b')], { pods, ...sees });
    expect(joinedBy(decision)).toEqual([]);
  });

  it('goes on without any pod until its end, as another may come', () => {
    const decision = decideAt(5_000, dynamic, [gone('a')], { pods: [] });
    expect(decision).toMatchObject({ status: { phase: 'Running' }, wakeAt: T0 + 11_500 });
    const over = decideAt(11_500, dynamic, [gone('a')], { pods: [] });
    expect(over.status.phase).toBe('Completed');
  });

  it('does not wait for pods when none has proven its fault', () => {
    const decision = decideAt(5_000, dynamic, [{ name: 'a', state: 'Failed' }], { pods: [] });
    expect(decision.status.phase).toBe('Failed');
  });
});

describe('a serial run', () => {
  const serial = { sequence: 'serial' } as const;
  const pods = [withAgent('a'), aPod({ name: 'b' }), aPod({ name: 'c' })];
  const first = { ...injected('a'), batch: 0 };

  it('leaves the others alone while one has its fault', () => {
    const decision = decideAt(5_000, serial, [first, { name: 'b' }, { name: 'c' }], { pods });
    expect(decision.status.pods?.slice(1)).toEqual([
      anEntry({ name: 'b' }),
      anEntry({ name: 'c' }),
    ]);
    expect(decision.status.phase).toBe('Running');
    expect(decision.effects.filter(({ kind }) => kind === 'inject')).toEqual([]);
  });

  it('gives the next its turn when the one before is clean, and writes that down first', () => {
    const entries = [{ ...recovered('a'), batch: 0 }, { name: 'b' }, { name: 'c' }];
    const decision = decideAt(12_000, serial, entries, { pods });
    expect(decision.status.pods?.map(({ batch }) => batch)).toEqual([0, 12_000, undefined]);
    expect(decision).toMatchObject({ writeAhead: true, effects: [] });
  });

  it('injects a pod that has its turn, in its own time', () => {
    const entries = [{ ...recovered('a'), batch: 0 }, { name: 'b', batch: 100_000 }, { name: 'c' }];
    const decision = decideAt(100_000, serial, entries, { pods });
    expect(decision.effects).toMatchObject([{ kind: 'inject', pod: { metadata: { name: 'b' } } }]);
  });

  it('gives nobody a turn any more when it is stopped', () => {
    const spec = { targets: { podNames: ['a', 'b'], count: 2, ...serial } };
    const entries = [anEntry({ ...recovered('a'), batch: 0 }), anEntry({ name: 'b' })];
    const annotations = { 'squall.dev/stop': 'enough' };
    const experiment = aStartedExperiment(entries, { spec, annotations });
    const seen = observed(experiment, { pods });
    const decision = carryOn(seen, experiment.status as StartedStatus, T0 + 12_000);
    expect(decision.status).toMatchObject({
      phase: 'Aborted',
      pods: [{}, { state: 'Failed', reason: 'NotStarted' }],
    });
  });
});
