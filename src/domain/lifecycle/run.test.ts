import { describe, expect, it } from 'vitest';
import type { Phase, PodStatusEntry } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { limitsOf } from '../safety/policy.builder.ts';
import { aPod } from '../targets/pod.builder.ts';
import type { ContainerState } from '../targets/pod.ts';
import { anAgent, reportText, terminated } from './agent.builder.ts';
import { anEntry, anExperiment, aRun, aStartedExperiment, at, T0 } from './experiment.builder.ts';
import { activities, observed } from './observed.builder.ts';
import { carryOn, hasStarted, type StartedStatus } from './run.ts';

type Entry = Partial<PodStatusEntry> & { readonly name: string };
type Parts = NonNullable<Parameters<typeof aStartedExperiment>[1]>;
type Sees = NonNullable<Parameters<typeof observed>[1]>;

function decideAt(ms: number, entries: readonly Entry[], sees: Sees = {}, parts: Parts = {}) {
  const experiment = aStartedExperiment(entries.map(anEntry), parts);
  return carryOn(observed(experiment, sees), experiment.status as StartedStatus, T0 + ms);
}

const injected = (name: string) => ({ name, state: 'Injected', applied: 1_500 }) as const;
const recovered = (name: string) =>
  ({ name, state: 'Recovered', reason: 'Elapsed', applied: 1_500, ended: 11_500 }) as const;
const failed = (name: string) => ({ name, state: 'Failed', reason: 'ForeignQdisc' }) as const;
const gone = (name: string) => ({ name, state: 'Gone', reason: 'PodGone' }) as const;
const lost = (name: string) => ({ name, state: 'Unknown', reason: 'DeadlinePassed' }) as const;
const leaked = (name: string) =>
  ({ name, state: 'Leaked', reason: 'AgentDied', ended: 1 }) as const;
const withAgent = (name: string, state: ContainerState) =>
  aPod({ name, ephemeralContainers: [anAgent(state)] });
const running: ContainerState = { kind: 'running', startedAt: '' };
const dead = terminated('', { exitCode: 137, reason: 'Error' });

const stopped = { annotations: { 'squall.dev/stop': 'enough' } };
const deleted = { deletionTimestamp: at(1) };
const restarted = { wroteAhead: false };

describe('the phase of a run', () => {
  const pods = [withAgent('a', running), withAgent('b', running), withAgent('c', dead)];
  it.each<[string, readonly Entry[], Parts, Phase, string]>([
    [
      'is Injecting while a pod may still prove its fault',
      [injected('a'), { name: 'b' }],
      {},
      'Injecting',
      'injecting 20% loss: 1/2 pods have proven it',
    ],
    [
      'is Running when none has to prove anything any more',
      [injected('a'), failed('x')],
      {},
      'Running',
      '20% loss for 10s in 1/2 pods until 2026-03-01T12:00:11Z',
    ],
    [
      'is Recovering while the last faults are taken away',
      [recovered('x'), leaked('c')],
      {},
      'Recovering',
      'waiting for the last pods to be clean',
    ],
    [
      'is Recovering as soon as the run is stopped',
      [injected('a')],
      stopped,
      'Recovering',
      'stopped: enough; taking the faults away',
    ],
    [
      'is Recovering as soon as the experiment is deleted',
      [{ name: 'b' }],
      deleted,
      'Recovering',
      'the experiment was deleted; taking the faults away',
    ],
    [
      'is Completed when every pod is settled and one had its fault',
      [recovered('x'), failed('y')],
      {},
      'Completed',
      '20% loss was in 1/2 pods',
    ],
    [
      'is Completed when a pod with its fault went away',
      [{ ...gone('x'), applied: 1_500 }],
      {},
      'Completed',
      '20% loss was in 1/1 pods',
    ],
    [
      'is Completed with what was observed',
      [{ ...recovered('x'), egress: '199/1000' }],
      {},
      'Completed',
      '20% loss was in 1/1 pods, 19.9% observed',
    ],
    [
      'is Failed when nothing was hit: that is never a success',
      [failed('x'), gone('y'), lost('z')],
      {},
      'Failed',
      'no pod proved the fault: 1 failed, 1 gone, 1 unknown',
    ],
    [
      'is Aborted when it was stopped',
      [{ ...recovered('x'), reason: 'Stopped' }],
      stopped,
      'Aborted',
      'stopped: enough; 20% loss was in 1/1 pods',
    ],
    [
      'is Aborted when it was deleted before anything was hit',
      [failed('x')],
      deleted,
      'Aborted',
      'the experiment was deleted; 20% loss was in 0/1 pods',
    ],
  ])('%s', (_name, entries, parts, phase, message) => {
    const { status } = decideAt(5_000, entries, { pods }, parts);
    expect([status.phase, status.message]).toEqual([phase, message]);
    const final = phase === 'Completed' || phase === 'Failed' || phase === 'Aborted';
    expect(status.endTime).toBe(final ? at(5_000) : undefined);
  });

  it('is told in less than status takes, however long the reason to stop is', () => {
    const long = { annotations: { 'squall.dev/stop': 'x'.repeat(40_000) } };
    for (const [entry, phase] of [
      [injected('a'), 'Recovering'],
      [recovered('x'), 'Aborted'],
    ] as const) {
      const { status } = decideAt(5_000, [entry], { pods }, long);
      expect(status.phase).toBe(phase);
      expect(status.stopping).toMatch(/^stopped: x{999}…$/);
      expect(status.message?.length).toBeLessThan(1_100);
    }
  });

  it('names the direction when it is not both', () => {
    const parts = { status: { run: aRun({ direction: 'egress' }) } };
    expect(decideAt(5_000, [recovered('x')], {}, parts).status.message).toBe(
      '20% loss on egress was in 1/1 pods',
    );
  });
});

describe('a run that goes on', () => {
  const pods = [aPod({ name: 'a' }), withAgent('b', running), withAgent('c', dead)];
  const entries = [{ name: 'a' }, { name: 'b' }, injected('c'), recovered('d')];

  it('takes every pod one step further, each by what was done for it, and wakes for the first', () => {
    const done = activities([aPod({ name: 'b' }), { proof: { kind: 'busy' } }]);
    const { effects, wakeAt, status } = decideAt(5_000, entries, { pods, activities: done });
    expect(effects.map(({ kind, pod }) => `${kind} ${pod.metadata.name}`)).toEqual([
      'inject a',
      'reap c',
    ]);
    expect(wakeAt).toBe(T0 + 60_000);
    expect(status.pods?.map(({ state }) => state)).toEqual([
      'Planned',
      'Planned',
      'Leaked',
      'Recovered',
    ]);
    expect(status.summary).toMatchObject({ pods: '2/4', injected: 2, leaked: 1, recovered: 1 });
    expect(status.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
      ['Injected', 'Injecting'],
      ['Recovered', 'FaultsActive'],
      ['Degraded', 'Leaked'],
    ]);
  });

  it('asks for nothing and changes nothing more when it is asked again', () => {
    const sees = { pods: [withAgent('b', running)] };
    const proving = { activities: activities([aPod({ name: 'b' }), { proof: { kind: 'busy' } }]) };
    const { status } = decideAt(5_000, [{ name: 'b' }], sees);
    const again = decideAt(6_000, [{ name: 'b' }], { ...sees, ...proving }, { status });
    expect(again.status).toEqual(status);
    expect(again.effects).toEqual([]);
  });

  it('keeps what the write-ahead has decided', () => {
    const run = aRun({ handle: '77', container: 'squall-x-4' });
    const plan = { matched: 3, eligible: 2, selected: 1, targetsHash: 'h' };
    const parts = { status: { run, plan, attempt: 4, observedGeneration: 1 } };
    expect(decideAt(5_000, [{ name: 'b' }], { pods }, parts).status).toMatchObject(parts.status);
  });

  it('takes only the words of its own attempt and handle for its proof', () => {
    const report = { applied: true, appliedAtMs: T0 + 1_500, endedAtMs: T0 + 11_500 } as const;
    const seen = (fields: object) => {
      const message = reportText({ ...report, reason: 'Elapsed', ...fields });
      return decideAt(12_000, [{ name: 'b' }], { pods: [withAgent('b', terminated(message))] });
    };
    expect(seen({}).status.phase).toBe('Completed');
    for (const other of [{ uid: 'e2' }, { attempt: 2 }, { handle: '20' }]) {
      expect(seen(other).status.pods).toMatchObject([{ state: 'Leaked', reason: 'AgentDied' }]);
    }
  });
});

describe('a run that is over', () => {
  const sees = { pods: [withAgent('a', running), aPod({ name: 'b' })], ...restarted };
  const final = { phase: 'Completed', endTime: at(12_000) } as const;
  const entries = [recovered('a'), failed('b')];

  it.each<[string, Parts]>([
    ['after a restart of the controller', {}],
    ['when its manifest is applied again', { generation: 2 }],
    ['when it is stopped', stopped],
    ['when it is deleted', deleted],
  ])('starts nothing again %s, and only lets go of the experiment', (_name, parts) => {
    const experiment = aStartedExperiment(entries.map(anEntry), { ...parts, status: final });
    expect(decideAt(600_000, entries, sees, { ...parts, status: final })).toEqual({
      status: experiment.status,
      effects: [],
      finalizer: 'remove',
    });
  });

  it('does nothing at all once it has let go', () => {
    const decision = decideAt(600_000, entries, sees, { status: final, finalizers: ['other/one'] });
    expect(decision).not.toHaveProperty('finalizer');
    expect(decision.effects).toEqual([]);
    expect(decision).not.toHaveProperty('wakeAt');
  });
});

describe('hasStarted', () => {
  const { status } = aStartedExperiment();
  const { startTime: _time, ...unstarted } = status as StartedStatus;
  it('is true from the write-ahead on', () => {
    expect(hasStarted(status)).toBe(true);
    expect(hasStarted(unstarted)).toBe(false);
    expect(hasStarted(anExperiment().status)).toBe(false);
  });
});

describe('a run that is halted', () => {
  const sees = {
    pods: [withAgent('a', running), aPod({ name: 'b' })],
    limits: { kind: 'read', value: limitsOf({ halt: true }) },
  } as const;
  const entries = [injected('a'), { name: 'b' }];

  it('is told to stop like one that a person stops, and injects nothing more', () => {
    const { status, effects } = decideAt(2_000, entries, sees);
    expect(effects.map(({ kind, pod }) => [kind, pod.metadata.name])).toEqual([['stop', 'a']]);
    expect(status).toMatchObject({
      phase: 'Recovering',
      stopping: 'halted by SafetyPolicy strict',
      message: 'halted by SafetyPolicy strict; taking the faults away',
    });
  });

  it('goes on ending when halt is taken back', () => {
    const stopping = { status: { stopping: 'halted by SafetyPolicy strict' } };
    const { status, effects } = decideAt(2_000, entries, { pods: sees.pods }, stopping);
    expect(effects.map(({ kind }) => kind)).toEqual(['stop']);
    expect(status.phase).toBe('Recovering');
  });

  it('goes on while the policies cannot be read', () => {
    const limits = { kind: 'unreadable', message: 'Forbidden' } as const;
    const { effects } = decideAt(2_000, [injected('a')], { ...sees, limits });
    expect(effects).toEqual([]);
  });
});

it('takes the finalizer back that a replaced object has lost, unless it is being deleted', () => {
  const bare = { finalizers: [] };
  const pods = [withAgent('a', running)];
  expect(decideAt(2_000, [injected('a')], { pods }, bare).finalizer).toBe('add');
  expect(decideAt(2_000, [injected('a')], { pods }).finalizer).toBeUndefined();
  const gone = decideAt(2_000, [injected('a')], { pods }, { ...bare, ...deleted });
  expect(gone.finalizer).toBeUndefined();
});
