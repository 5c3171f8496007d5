import { describe, expect, it } from 'vitest';
import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPeerWorld } from '../peers/world.builder.ts';
import { limitsOf } from '../safety/policy.builder.ts';
import { aPod } from '../targets/pod.builder.ts';
import type { Evidence } from './evidence.ts';
import { anEntry, aStartedExperiment, T0 } from './experiment.builder.ts';
import { observed } from './observed.builder.ts';
import type { StartedStatus } from './run.ts';
import { awaitTurn, type WaitingPod } from './serial.ts';

const b = aPod({ name: 'b' });
const there: Evidence = { kind: 'absent', pod: b };
const clean = anEntry({ name: 'a', state: 'Recovered', reason: 'Elapsed' });
const entry = anEntry({ name: 'b' });

type Parts = Partial<WaitingPod> & {
  readonly spec?: Partial<ChaosExperimentSpec>;
  readonly sees?: NonNullable<Parameters<typeof observed>[1]>;
};

/** What pod b of a serial run comes to 12 s after the start, when pod a before it is clean. */
function turnOf({ spec, sees, ...parts }: Parts = {}) {
  const targets = {
    selector: { matchLabels: { app: 'web' } },
    count: 2,
    sequence: 'serial',
  } as const;
  const experiment = aStartedExperiment([clean, entry], { spec: { targets, ...spec } });
  const seen = observed(experiment, { pods: [aPod({ name: 'a' }), b], ...sees });
  const waiting = { entry, seen: there, before: [clean], stopping: false, ...parts };
  return awaitTurn(seen, experiment.status as StartedStatus, waiting, T0 + 12_000);
}

describe('a pod that waits for its turn', () => {
  it('has it when the one before is clean', () => {
    expect(turnOf()).toEqual({ entry: { ...entry, batch: 12_000 } });
  });

  it('waits while one before it may still have its fault', () => {
    const before = [clean, anEntry({ name: 'x', state: 'Leaked', reason: 'AgentDied' })];
    expect(turnOf({ before })).toEqual({ entry });
  });

  it('has its turn with peers as they are then', () => {
    const peers = [{ pods: { selector: { matchLabels: { app: 'db' } } } }];
    const world = aPeerWorld({
      pods: [aPod({ name: 'db', labels: { app: 'db' }, ips: ['10.0.0.8'] })],
    });
    const turn = turnOf({ spec: { peers }, sees: { peers: { kind: 'read', value: world } } });
    expect(turn).toEqual({
      entry: { ...entry, batch: 12_000 },
      peers: ['hit ip any - - 10.0.0.8'],
    });
  });

  it('is gone without one when it is gone', () => {
    expect(turnOf({ seen: { kind: 'podGone' } }).entry).toMatchObject({ state: 'Gone' });
  });

  it('looks again soon where nothing can be decided', () => {
    const limits = { kind: 'unreadable', message: 'no' } as const;
    expect(turnOf({ sees: { limits } })).toEqual({ entry, wakeAt: T0 + 13_000 });
  });

  it.each<[string, Parts, string | undefined]>([
    ['in a run that ends early', { stopping: true }, undefined],
    [
      'after a pod that could not be proven clean',
      { before: [anEntry({ name: 'a', state: 'Abandoned', reason: 'ReapFailed' })] },
      'a pod before it could not be proven clean',
    ],
    [
      'where a rule forbids it by now',
      { sees: { limits: { kind: 'read', value: limitsOf({ protectedNamespaces: ['shop'] }) } } },
      'metadata.namespace: namespace shop is protected (SafetyPolicy strict): choose another',
    ],
    [
      'where an exception cannot be found by now',
      { spec: { exceptPeers: [{ service: { name: 'db' } }] } },
      'PeersUnresolved: ',
    ],
    [
      'where it may not be hit any more',
      { sees: { pods: [aPod({ name: 'a' }), aPod({ name: 'b', excluded: true })] } },
      'it is none of the pods that may be hit any more',
    ],
  ])('never has one %s', (_name, parts, message) => {
    const { entry: after } = turnOf(parts);
    expect(after).toMatchObject({ state: 'Failed', reason: 'NotStarted' });
    if (message === undefined) expect(after).not.toHaveProperty('message');
    else expect(after.message).toContain(message);
  });
});
