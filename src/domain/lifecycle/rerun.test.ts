import { describe, expect, it } from 'vitest';
import { decide, mayPlan } from './decide.ts';
import { anExperiment, aRun, at, T0 } from './experiment.builder.ts';
import { observed } from './observed.builder.ts';
import { held, webs } from './start-row.builder.ts';

const over = {
  observedGeneration: 1,
  phase: 'Completed',
  attempt: 1,
  startTime: at(0),
  endTime: at(12_000),
  run: aRun(),
  pods: [],
} as const;
const again = { annotations: { 'squall.dev/rerun': 'tuesday' } };
const decideAt = (parts: Parameters<typeof anExperiment>[0], ms = 20_000) =>
  decide(observed(anExperiment(parts), { pods: webs(3) }), T0 + ms);

describe('the rerun annotation', () => {
  it('starts the next attempt of a finished run, held and written ahead like the first', () => {
    expect(decideAt({ ...again, status: { ...over, pods: [] } })).toMatchObject({
      finalizer: 'add',
    });
    const { status, writeAhead } = decideAt({
      ...again,
      finalizers: held,
      status: { ...over, pods: [] },
    });
    expect(writeAhead).toBe(true);
    expect(status).toMatchObject({
      phase: 'Injecting',
      attempt: 2,
      rerun: 'tuesday',
      startTime: at(20_000),
      run: { container: expect.stringMatching(/-2$/) },
    });
    expect(status).not.toHaveProperty('endTime');
    expect(status.conditions?.map(({ type }) => type)).toEqual(['Accepted']);
  });

  it('is answered once', () => {
    const experiment = { ...again, status: { ...over, rerun: 'tuesday', pods: [] } };
    expect(decideAt(experiment)).toEqual({ status: experiment.status, effects: [] });
    expect(mayPlan(anExperiment(experiment))).toBe(false);
  });

  it('that was there from the beginning is the first attempt’s own', () => {
    const { status } = decideAt({ ...again, finalizers: held });
    expect(status).toMatchObject({ attempt: 1, rerun: 'tuesday' });
  });

  it('does nothing while the run goes on', () => {
    const running = { ...over, phase: 'Running' } as const;
    const { status } = decideAt({ ...again, status: { ...running, pods: [] } });
    expect(status.attempt).toBe(1);
  });

  it('tries a refused experiment again, and is answered by another refusal', () => {
    const refused = { observedGeneration: 1, phase: 'Failed', endTime: at(1) } as const;
    const { status } = decide(observed(anExperiment({ ...again, status: refused })), T0 + 20_000);
    expect(status).toMatchObject({ phase: 'Failed', rerun: 'tuesday', endTime: at(20_000) });
    expect(mayPlan(anExperiment({ ...again, status }))).toBe(true);
    expect(decideAt({ ...again, status }).status).toEqual(status);
  });

  it('of an old experiment that never ran may wait its turn', () => {
    const refused = { observedGeneration: 1, phase: 'Failed', endTime: at(1) } as const;
    const limits = { kind: 'unreadable', message: 'x' } as const;
    const old = anExperiment({ ...again, status: refused });
    const { status } = decide(observed(old, { pods: webs(3), limits }), T0 + 3_600_000);
    expect(status.phase).toBe('Pending');
    const later = anExperiment({ ...again, finalizers: held, status });
    expect(decide(observed(later, { pods: webs(3) }), T0 + 3_605_000).writeAhead).toBe(true);
  });

  it('keeps the number of the attempt while it waits', () => {
    const limits = { kind: 'unreadable', message: 'x' } as const;
    const experiment = anExperiment({ ...again, status: { ...over, pods: [] } });
    const { status } = decide(observed(experiment, { pods: webs(3), limits }), T0 + 900_000);
    expect(status).toMatchObject({ phase: 'Pending', attempt: 1, rerun: 'tuesday' });
    const later = anExperiment({ ...again, finalizers: held, status });
    expect(decide(observed(later, { pods: webs(3) }), T0 + 900_000).status.attempt).toBe(2);
  });
});

describe('ttlSecondsAfterFinished', () => {
  const mortal = { spec: { ttlSecondsAfterFinished: 60 }, status: { ...over, pods: [] } };
  it('waits for its time', () => {
    expect(decideAt(mortal)).toEqual({ status: mortal.status, effects: [], wakeAt: T0 + 72_000 });
  });
  it('expires the experiment then', () => {
    expect(decideAt(mortal, 72_000)).toMatchObject({ expired: true });
  });
  it('lets the finalizer go first', () => {
    expect(decideAt({ ...mortal, finalizers: held }, 72_000)).toEqual({
      status: mortal.status,
      effects: [],
      finalizer: 'remove',
    });
  });
  it('asks for nothing more of one that is being deleted', () => {
    expect(decideAt({ ...mortal, deletionTimestamp: at(73_000) }, 74_000)).toEqual({
      status: mortal.status,
      effects: [],
    });
  });
  it('holds for refused experiments too', () => {
    const refused = { observedGeneration: 1, phase: 'Failed', endTime: at(1_000) } as const;
    expect(decideAt({ ...mortal, status: refused }, 61_000)).toMatchObject({ expired: true });
  });
});
