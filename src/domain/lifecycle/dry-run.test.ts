import { describe, expect, it } from 'vitest';
import type { ChaosExperimentStatus } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { anExperiment } from './experiment.builder.ts';
import { aPod } from '../targets/pod.builder.ts';
import { T0 } from './experiment.builder.ts';
import { activities } from './observed.builder.ts';
import { decideAt as decideAsked, held, targets, webs } from './start-row.builder.ts';

const accepted = { kind: 'done', at: 0, result: { kind: 'accepted' } } as const;

/** Admission was asked about every pod, and has nothing against it. */
const decideAt: typeof decideAsked = (experiment, sees, ms) => {
  const pods = webs(60);
  const asked = activities(...pods.map((pod) => [pod, { preflight: accepted }] as const));
  return decideAsked(experiment, { activities: asked, ...sees }, ms);
};

describe('a dry run', () => {
  const dry = { spec: { dryRun: true, targets: targets(1) } };
  const pods = webs(3);
  const { status: promised } = decideAt(anExperiment(dry), { pods });
  const names = ({ pods: entries = [] }: ChaosExperimentStatus) => entries.map(({ name }) => name);
  const [chosen = ''] = names(promised);
  /** Pods that would be preferred to the promised one without the promise. */
  const crowd = webs(60);
  const real = (status: ChaosExperimentStatus, parts: Parameters<typeof anExperiment>[0] = {}) =>
    anExperiment({
      finalizers: held,
      generation: 2,
      status,
      spec: { targets: targets(1) },
      ...parts,
    });

  it('names the pods, takes nothing and holds nothing', () => {
    const decision = decideAt(anExperiment(dry), { pods });
    expect(decision).toEqual({ status: promised, effects: [] });
    expect(promised).toMatchObject({
      phase: 'Planned',
      message: `dry run: would hit 1 of 3 matched pods: ${chosen}`,
      summary: { pods: '0/1' },
    });
    expect(promised).not.toHaveProperty('startTime');
    expect(promised).not.toHaveProperty('run');
  });

  it('names five pods at most in its sentence', () => {
    const all = anExperiment({ spec: { dryRun: true, targets: targets('100%') } });
    expect(decideAt(all, { pods: webs(7) }).status.message).toBe(
      'dry run: would hit 7 of 7 matched pods: web-0, web-1, web-2, web-3, web-4 and 2 more',
    );
  });

  it('plans once for each generation of the spec', () => {
    const experiment = anExperiment({ ...dry, status: promised });
    expect(decideAt(experiment, { pods: crowd })).toEqual({ status: promised, effects: [] });
    const changed = anExperiment({ ...dry, generation: 2, status: promised });
    expect(decideAt(changed, { pods }).status.observedGeneration).toBe(2);
  });

  it('is kept by the real run, whatever pods have come since', () => {
    expect(names(decideAt(real({}), { pods: crowd }).status)).not.toEqual([chosen]);
    expect(names(decideAt(real(promised), { pods: crowd }).status)).toEqual([chosen]);
  });

  it('is kept when the pods could not be read in between', () => {
    const blind = { pods: { kind: 'unreadable', message: 'no' } } as const;
    const { status } = decideAt(real(promised), blind);
    expect(status.phase).toBe('Pending');
    expect(names(decideAt(real(status), { pods: crowd }).status)).toEqual([chosen]);
  });

  it('is kept while the finalizer is added', () => {
    expect(decideAt(real(promised, { finalizers: [] }), { pods: crowd })).toEqual({
      status: promised,
      effects: [],
      finalizer: 'add',
    });
  });

  it('gives way where a promised pod is gone', () => {
    const rest = pods.filter((pod) => pod.metadata.name !== chosen);
    expect(names(decideAt(real(promised), { pods: rest }).status)).not.toContain(chosen);
  });

  it('says nothing about other targets', () => {
    const other = {
      spec: { targets: { ...targets(1), podNames: crowd.map((pod) => pod.metadata.name) } },
    };
    const fresh = names(decideAt(real({}, other), { pods: crowd }).status);
    expect(names(decideAt(real(promised, other), { pods: crowd }).status)).toEqual(fresh);
  });
});

describe('the preflight of a dry run', () => {
  const owner = { kind: 'ReplicaSet', name: 'web', uid: 'rs' };
  const [a, b, alone] = [
    aPod({ name: 'a', owner }),
    aPod({ name: 'b', owner }),
    aPod({ name: 'alone' }),
  ];
  const pods = [a, b, alone];
  const experiment = anExperiment({ spec: { dryRun: true, targets: targets('100%') } });
  const { effects } = decideAsked(experiment, { pods });
  const asked = effects.map(({ pod }) => pod);
  const [ofOwner] = asked.filter((pod) => pod !== alone);
  const failed = (tries: number) =>
    ({ kind: 'failed', at: T0, tries, denied: false, message: 'reset' }) as const;
  const refused = {
    kind: 'done',
    at: 0,
    result: { kind: 'refused', reason: 'PolicyDenied', message: 'violates PodSecurity' },
  } as const;

  it('asks once for the pods of one owner, about the container of the real run, and waits', () => {
    expect(asked).toHaveLength(2);
    expect(asked).toContain(alone);
    for (const effect of effects) {
      expect(effect).toMatchObject({
        kind: 'preflight',
        preview: { attempt: 1, run: { netem: ['limit 100000 loss random 20%'] } },
      });
    }
    const busy = { preflight: { kind: 'busy' } } as const;
    const sees = { pods, activities: activities([ofOwner!, busy], [alone, busy]) };
    expect(decideAsked(experiment, sees)).toEqual({ status: {}, effects: [] });
  });

  it('says of each pod that admission would refuse why, and plans it all the same', () => {
    const known = activities([ofOwner!, { preflight: refused }], [alone, { preflight: accepted }]);
    const { status } = decideAsked(experiment, { pods, activities: known });
    expect(status.phase).toBe('Planned');
    expect(status.message).toBe(
      'dry run: would hit 3 of 3 matched pods: a, alone, b; ' +
        'but admission would refuse our container in 2 of them: PolicyDenied (violates PodSecurity)',
    );
    const reasons = status.pods?.map(({ name, state, reason }) => [name, state, reason]);
    expect(reasons?.toSorted()).toEqual([
      ['a', 'Planned', 'PolicyDenied'],
      ['alone', 'Planned', undefined],
      ['b', 'Planned', 'PolicyDenied'],
    ]);
  });

  it('asks again where there was no answer, and gives up after the third time', () => {
    const sees = (tries: number) => ({
      pods,
      activities: activities(
        [ofOwner!, { preflight: failed(tries) }],
        [alone, { preflight: accepted }],
      ),
    });
    expect(decideAsked(experiment, sees(2), 100).wakeAt).toBe(T0 + 1_000);
    expect(decideAsked(experiment, sees(2), 1_000).effects).toHaveLength(1);
    expect(decideAsked(experiment, sees(3), 1_000).status.phase).toBe('Planned');
  });
});
