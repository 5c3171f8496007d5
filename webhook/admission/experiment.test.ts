import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ChaosExperiment } from '../../src/api/v1alpha1/chaos-experiment.generated.ts';
import type { SafetyPolicySpec } from '../../src/api/v1alpha1/safety-policy.generated.ts';
import {
  anEntry,
  anExperiment,
  aStartedExperiment,
  T0,
} from '../../src/domain/lifecycle/experiment.builder.ts';
import { shortUid } from '../../src/domain/lifecycle/observed.ts';
import { aPeerWorld } from '../../src/domain/peers/world.builder.ts';
import { limitsOf } from '../../src/domain/safety/policy.builder.ts';
import { targetsHash as hashOf } from '../../src/domain/targets/plan.ts';
import { aPod } from '../../src/domain/targets/pod.builder.ts';
import { KubeError } from '../../src/kube/errors.ts';
import { VirtualClock } from '../../src/kube/virtual-clock.ts';
import type { AdmissionRequest } from '../review.ts';
import { MAX_ONE_BY_ONE } from './access.ts';
import { admitExperiment, type SeenWorld } from './experiment.ts';

interface Scene {
  readonly request?: Partial<AdmissionRequest>;
  readonly policy?: SafetyPolicySpec;
  readonly pods?: Parameters<typeof aPod>[0][];
  readonly experiments?: readonly ChaosExperiment[];
  readonly seen?: SeenWorld;
  /** Namespaces in which the user may not inject. */
  readonly mayNotInject?: readonly string[];
  readonly mayNotList?: readonly string[];
  /** The right that the API server does not answer for. */
  readonly unanswered?: 'patch' | 'list';
  /** The right for which an answer is waited for until that is given up. */
  readonly silent?: 'list';
  readonly clock?: VirtualClock;
}

/** A manifest as a person writes it: without what the API server adds. */
function manifest(spec: object = {}, metadata: object = {}): unknown {
  const { status: _, ...experiment } = anExperiment();
  return {
    ...experiment,
    metadata: { name: 'loss', namespace: 'shop', ...metadata },
    spec: { ...experiment.spec, ...spec },
  };
}

async function admit(object: unknown, scene: Scene = {}) {
  const { policy, pods = [{ name: 'a' }, { name: 'b' }], experiments = [] } = scene;
  const request: AdmissionRequest = {
    uid: 'r-1',
    kind: { group: 'squall.dev', version: 'v1alpha1', kind: 'ChaosExperiment' },
    resource: { group: 'squall.dev', version: 'v1alpha1', resource: 'chaosexperiments' },
    operation: 'CREATE',
    namespace: 'shop',
    name: 'loss',
    userInfo: { username: 'ada' },
    object,
    ...scene.request,
  };
  const seen: SeenWorld = scene.seen ?? {
    kind: 'seen',
    world: {
      ended: () => false,
      pods: pods.map(aPod),
      namespaces: { get: (name) => ({ name, labels: {}, excluded: false }) },
      limits: limitsOf(policy),
      peers: aPeerWorld(),
    },
    experiments,
  };
  const asked: string[] = [];
  const verdict = await admitExperiment(
    request,
    {
      see: () => seen,
      clock: scene.clock ?? new VirtualClock(T0),
      lacking: async ({ username }, { verb }, namespaces, signal) => {
        asked.push(`${username} ${verb} ${namespaces.join(' ')}`);
        if (verb === scene.unanswered) throw new KubeError('Unavailable', 'overloaded');
        if (verb === scene.silent) {
          await once(signal, 'abort');
          throw signal.reason;
        }
        const denied = verb === 'list' ? scene.mayNotList : scene.mayNotInject;
        return namespaces.filter((one) => denied?.includes(one));
      },
    },
    new AbortController().signal,
  );
  return { ...verdict, asked };
}

describe('an experiment that is let in', () => {
  it('is told which pods it would hit', async () => {
    const { allowed, warnings } = await admit(manifest({ targets: { podNames: ['a'], count: 1 } }));
    expect(allowed).toBe(true);
    expect(warnings).toEqual(['would hit 1 of 1 matching pods: shop/a']);
  });

  it('is told which pods are left out, and why', async () => {
    const { warnings } = await admit(manifest(), {
      pods: [{ name: 'a' }, { name: 'b', excluded: true }, { name: 'c', hostNetwork: true }],
    });
    expect(warnings).toEqual([
      'would hit 1 of 3 matching pods: shop/a',
      'leaves out 1, Excluded: shop/b',
      'leaves out 1, HostNetwork: shop/c',
    ]);
  });

  it('is told no names of pods that the requester may not list', async () => {
    const { warnings, asked } = await admit(manifest(), {
      pods: [{ name: 'a' }, { name: 'b', excluded: true }],
      mayNotList: ['shop'],
    });
    expect(warnings).toEqual(['would hit 1 of 2 matching pods', 'leaves out 1, Excluded']);
    expect(asked).toEqual(['ada patch shop', 'ada list shop']);
  });

  it('is told no names of pods where the right to list them cannot be found out', async () => {
    const { allowed, warnings } = await admit(manifest(), {
      pods: [{ name: 'a' }, { name: 'b', excluded: true }],
      unanswered: 'list',
    });
    expect(allowed).toBe(true);
    expect(warnings).toEqual(['would hit 1 of 2 matching pods', 'leaves out 1, Excluded']);
  });

  it('waits a second at most for the right to be told names', async () => {
    const clock = new VirtualClock(T0);
    const admitted = admit(manifest(), { silent: 'list', clock });
    await clock.advance(999);
    expect(clock.nextInMs).toBe(1);
    await clock.advance(1);
    expect(await admitted).toMatchObject({
      allowed: true,
      warnings: ['would hit 1 of 2 matching pods'],
    });
  });

  it('is told that no pod can be hit, which may change until it runs', async () => {
    const { allowed, warnings } = await admit(manifest(), { pods: [] });
    expect(allowed).toBe(true);
    expect(warnings).toEqual([
      'NoEligiblePods: no pod matches spec.targets; the run would fail unless that changes',
    ]);
  });

  it('is told that it would wait for a place', async () => {
    const { allowed, warnings } = await admit(manifest(), {
      policy: { maxConcurrentExperiments: 1 },
      experiments: [aStartedExperiment([], { name: 'other' })],
    });
    expect(allowed).toBe(true);
    expect(warnings?.[1]).toBe(
      'Queued: waits for a place: 1 experiments run; maxConcurrentExperiments 1 (SafetyPolicy strict)',
    );
  });

  it('is told that correlation 100 is realised as 99', async () => {
    const { warnings } = await admit(manifest({ correlation: 100 }));
    expect(warnings).toContain('spec.correlation: 100 is realised as 99');
  });

  it('has the defaults of the schema where it says nothing', async () => {
    const bare = { action: 'pod-network-loss', targets: { podNames: ['a'] }, duration: '10s' };
    const { allowed } = await admit({ ...(manifest() as object), spec: bare });
    expect(allowed).toBe(true);
  });

  it('keeps what a dry run of it has promised', async () => {
    const targets = { podNames: ['a', 'b'], count: 1 };
    const dry = manifest({ dryRun: true, targets });
    const targetsHash = hashOf({ namespace: 'shop', name: 'loss', targets, seed: undefined });
    for (const name of ['a', 'b']) {
      const pods = [anEntry({ name, uid: shortUid(aPod({ name })) })];
      const plan = { matched: 2, eligible: 2, selected: 1, targetsHash };
      const oldObject = { ...(dry as object), status: { plan, pods } };
      const { warnings } = await admit(manifest({ targets }), {
        request: { operation: 'UPDATE', oldObject },
      });
      expect(warnings).toEqual([`would hit 1 of 2 matching pods: shop/${name}`]);
    }
  });
});

describe('an experiment that is refused', () => {
  it('is told every rule that it breaks, with its field', async () => {
    const verdict = await admit(
      manifest({ duration: '2h', targets: { podNames: ['a'], count: 1 } }),
      {
        policy: { maxPercentage: 30 },
        pods: [{ name: 'a' }],
      },
    );
    expect(verdict).toMatchObject({
      allowed: false,
      reason: 'Invalid',
      message:
        'spec.duration: 2h is above maxDuration 1h (the default): at most 1h; ' +
        'spec.targets.count: count 1 would hit 100 % of 1 pods, above maxPercentage 30 (SafetyPolicy strict): at most 0',
      auditAnnotations: { decision: 'MaxDurationExceeded,MaxPercentageExceeded' },
    });
    expect(verdict.causes?.map(({ field }) => field)).toEqual([
      'spec.duration',
      'spec.targets.count',
    ]);
  });

  it('is told which times of its profile cannot be, and nobody is asked', async () => {
    const profile = [
      { at: '2s', lossPercentage: 10 },
      { at: '10s', lossPercentage: 5 },
    ];
    const field = 'spec.profile[1].at';
    const message = '10s is when the run is over or later: takes a time below spec.duration 10s';
    expect(await admit(manifest({ duration: '10s', profile }))).toEqual({
      allowed: false,
      reason: 'Invalid',
      message: `${field}: ${message}`,
      causes: [{ reason: 'FieldValueInvalid', field, message }],
      auditAnnotations: { decision: 'InvalidSpec' },
      asked: [],
    });
  });

  it('is told the namespaces in which the requester lacks the right', async () => {
    const targets = { podNames: ['a'], count: 1, namespaces: ['shop', 'bank'] };
    const { allowed, code, message } = await admit(manifest({ targets }), {
      mayNotInject: ['bank'],
    });
    expect({ allowed, code, message }).toEqual({
      allowed: false,
      code: 403,
      message:
        'spec.targets.namespaces: user ada may not patch pods/ephemeralcontainers in bank, which an experiment does there: takes namespaces where that is granted',
    });
  });

  it('is told that so many namespaces need the right in all of the cluster', async () => {
    const namespaces = Array.from({ length: MAX_ONE_BY_ONE + 1 }, (_, n) => `n${n}`);
    const targets = { podNames: ['a'], count: 1, namespaces };
    const { message } = await admit(manifest({ targets }), { mayNotInject: namespaces });
    expect(message).toContain(
      'in all of the cluster, as more than 24 namespaces require, which an experiment does there: takes namespaces where that is granted',
    );
  });

  it('is not let in where the right to inject cannot be found out', async () => {
    await expect(admit(manifest(), { unanswered: 'patch' })).rejects.toMatchObject({
      code: 'Unavailable',
    });
  });

  it('is not let in unseen', async () => {
    const seen: SeenWorld = {
      kind: 'unreadable',
      message: 'the policies cannot be read: Forbidden',
    };
    expect(await admit(manifest(), { seen })).toMatchObject({
      allowed: false,
      code: 503,
      message: 'the policies cannot be read: Forbidden; nothing is admitted without it, try again',
    });
  });

  it.each<[string, unknown, string]>([
    ['no object at all', undefined, '.'],
    ['a spec that is a list', manifest([] as object), 'spec'],
    ['another kind', { ...(manifest() as object), kind: 'Pod' }, 'kind'],
    ['a field that nobody knows', manifest({ speed: 1 }), 'spec'],
    ['text for a number', manifest({ lossPercentage: '5' }), 'spec.lossPercentage'],
  ])('as %s is told where it is wrong', async (_name, object, field) => {
    const { allowed, causes } = await admit(
      _name === 'a spec that is a list' ? { ...(manifest() as object), spec: [] } : object,
    );
    expect(allowed).toBe(false);
    expect(causes?.map((cause) => cause.field)).toContain(field);
  });
});

describe('a change', () => {
  const update = (oldObject: unknown): Scene => ({
    request: { operation: 'UPDATE', oldObject },
    policy: { halt: true },
    mayNotInject: ['shop'],
  });

  it('that leaves the spec alone is never refused, and nobody is asked', async () => {
    const object = manifest({}, { annotations: { 'squall.dev/stop': 'enough' } });
    expect(await admit(object, update(manifest()))).toEqual({ allowed: true, asked: [] });
  });

  it('of an object that is being deleted is never refused', async () => {
    const object = manifest({ duration: '2h' }, { deletionTimestamp: '2026-03-01T12:00:00Z' });
    expect(await admit(object, update(manifest()))).toEqual({ allowed: true, asked: [] });
  });

  it('of the spec is judged like a new object', async () => {
    const { allowed, asked } = await admit(manifest({ duration: '20s' }), update(manifest()));
    expect(allowed).toBe(false);
    expect(asked).toEqual(['ada patch shop']);
  });

  it('is not counted against the experiment itself', async () => {
    const self = aStartedExperiment([anEntry({ name: 'a', uid: shortUid(aPod({ name: 'a' })) })]);
    const { allowed } = await admit(
      manifest({ duration: '20s', targets: { podNames: ['a'], count: 1 } }),
      {
        request: { operation: 'UPDATE', oldObject: self },
        experiments: [self],
      },
    );
    expect(allowed).toBe(true);
  });
});
