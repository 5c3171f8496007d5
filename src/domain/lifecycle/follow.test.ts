import { describe, expect, it } from 'vitest';
import type { ChaosExperimentSpec } from '../../api/v1alpha1/chaos-experiment.generated.ts';
import { aPeerWorld } from '../peers/world.builder.ts';
import { aPod } from '../targets/pod.builder.ts';
import { anEntry, anExperiment, aRun, at, T0 } from './experiment.builder.ts';
import { isStale, type PeerOrders, peerOrders, tellPeers } from './follow.ts';
import { NO_ACTIVITY, type PodActivity } from './observed.ts';
import { observed } from './observed.builder.ts';
import type { PodCase } from './pod-case.ts';

const db = (ip: string) =>
  aPod({ name: 'db', labels: { app: 'db' }, ips: [ip], namespace: 'shop' });
const toDb = { pods: { selector: { matchLabels: { app: 'db' } } } };
const started = (peers: string[] | undefined) => ({
  startTime: at(0),
  attempt: 1,
  run: aRun(peers === undefined ? {} : { peers }),
});

/** What a run whose agents began with these lines is to be told in a cluster with these pods. */
function ordersOf(
  spec: Partial<ChaosExperimentSpec>,
  lines: string[],
  ...pods: ReturnType<typeof db>[]
) {
  const seen = observed(anExperiment({ spec }), {
    peers: { kind: 'read', value: aPeerWorld({ pods }) },
  });
  return peerOrders(seen, started(lines));
}

describe('peerOrders', () => {
  it('has none for a run that hits everybody', () => {
    expect(peerOrders(observed(anExperiment()), started(undefined))).toBeUndefined();
  });

  it('follows peers to where they are now', () => {
    const orders = ordersOf({ peers: [toDb] }, ['hit ip any - - 10.0.0.7'], db('10.0.0.8'));
    expect(orders).toMatchObject({ kind: 'follow', lines: ['hit ip any - - 10.0.0.8'] });
  });

  it('knows lines that are those of the start', () => {
    const orders = ordersOf({ peers: [toDb] }, ['hit ip any - - 10.0.0.7'], db('10.0.0.7'));
    expect(orders).toMatchObject({ generation: (orders as { first: string }).first });
  });

  it('hits nobody any more where the last peer has gone, whose address may be that of another soon', () => {
    const orders = ordersOf({ peers: [toDb] }, ['hit ip any - - 10.0.0.7']);
    expect(orders).toMatchObject({ kind: 'follow', lines: [] });
  });

  it('names a peer that is nobody any more', () => {
    const orders = ordersOf({ peers: [toDb] }, ['hit ip any - - 10.0.0.7']);
    expect(orders).toMatchObject({
      missing: expect.stringContaining('spec.peers[0].pods') as unknown,
    });
  });

  it('goes on with what it knew of an exception that cannot be found, and follows the others', () => {
    const web = { pods: { selector: { matchLabels: { app: 'web' } } } };
    const now = aPod({ name: 'web', ips: ['10.0.0.9'] });
    const before = ['pass ip any - - 10.0.0.7', 'hit any any - - -'];
    expect(ordersOf({ exceptPeers: [toDb, web] }, before, now)).toMatchObject({
      kind: 'follow',
      lines: ['pass ip any - - 10.0.0.9', 'pass ip any - - 10.0.0.7'],
      lost: expect.stringContaining('spec.exceptPeers[0].pods') as unknown,
    });
  });

  it('keeps what agents know while the cluster cannot be read', () => {
    const message = 'the services cannot be read';
    const seen = observed(anExperiment({ spec: { peers: [toDb] } }), {
      peers: { kind: 'unreadable', message },
    });
    expect(peerOrders(seen, started([]))).toEqual({ kind: 'keep', why: message });
  });
});

const follow: PeerOrders = {
  kind: 'follow',
  lines: ['hit ip any - - 10.0.0.8'],
  generation: 'new',
  first: 'old',
  partial: [],
};

const pod = aPod({ hostIps: ['10.0.2.15'] });

function told(update: PodActivity['update'], parts: Partial<PodCase> = {}) {
  const { effects, wakeAt } = tellPeers(
    {
      entry: anEntry({ state: 'Injected', applied: 1_000 }),
      activity: { ...NO_ACTIVITY, update },
      times: { start: T0, startBefore: T0 + 60_000, deadline: T0 + 70_000, duration: 10_000 },
      stopping: false,
      mayInject: 'yes',
      peers: follow,
      latest: true,
      verifyMs: 0,
      exceptsNode: false,
      wroteAhead: true,
      now: T0 + 5_000,
      ...parts,
    },
    pod,
  );
  return { kinds: effects.map(({ kind }) => kind), effects, wakeAt };
}

describe('tellPeers', () => {
  it('tells an agent that began with other peers', () => {
    const { effects } = told({ kind: 'idle' });
    expect(effects).toEqual([
      { kind: 'update', pod, generation: 'new', lines: ['hit ip any - - 10.0.0.8'] },
    ]);
  });

  it('leaves the node alone in every update where that was asked for', () => {
    const { effects } = told({ kind: 'idle' }, { exceptsNode: true });
    expect(effects).toMatchObject([
      { lines: ['hit ip any - - 10.0.0.8', 'pass ip any - - 10.0.2.15'] },
    ]);
  });

  it.each<[string, PodActivity['update'], Partial<PodCase>]>([
    ['that has them in force', { kind: 'done', at: T0, result: { generation: 'new' } }, {}],
    ['that is being told', { kind: 'busy' }, {}],
    ['that began with them', { kind: 'idle' }, { peers: { ...follow, first: 'new' } }],
    ['while nobody knows where they are', { kind: 'idle' }, { peers: { kind: 'keep', why: '' } }],
  ])('tells nothing to one %s', (_name, update, parts) => {
    expect(told(update, parts)).toMatchObject({ kinds: [], wakeAt: undefined });
  });

  it('tells once more after a restart, because another process may have told something else', () => {
    const parts = { peers: { ...follow, first: 'new' }, wroteAhead: false };
    expect(told({ kind: 'idle' }, parts).kinds).toEqual(['update']);
  });

  it('tells an agent that was made before other pods joined with the peers of today', () => {
    const parts = { peers: { ...follow, first: 'new' }, latest: false };
    expect(told({ kind: 'idle' }, parts).kinds).toEqual(['update']);
  });

  it('lets a second pass between two changes', () => {
    const done = (ms: number) =>
      ({ kind: 'done', at: T0 + ms, result: { generation: 'before' } }) as const;
    expect(told(done(4_500))).toMatchObject({ kinds: [], wakeAt: T0 + 5_500 });
    expect(told(done(4_000)).kinds).toEqual(['update']);
  });

  it('tries again after a failure, later', () => {
    const failed = (ms: number) =>
      ({ kind: 'failed', at: T0 + ms, tries: 1, denied: false, message: 'no answer' }) as const;
    expect(told(failed(4_900))).toMatchObject({ kinds: [], wakeAt: T0 + 5_400 });
    expect(told(failed(4_000)).kinds).toEqual(['update']);
  });
});

describe('isStale', () => {
  const failed = (tries: number, denied: boolean) => ({
    ...NO_ACTIVITY,
    update: { kind: 'failed', at: T0, tries, denied, message: '' } as const,
  });

  it.each([
    ['that may not be told', 'Injected', failed(1, true), true],
    ['that did not answer three times', 'Injected', failed(3, false), true],
    ['that did not answer once', 'Injected', failed(1, false), false],
    ['whose fault is over', 'Recovered', failed(3, true), false],
    ['that was told', 'Injected', NO_ACTIVITY, false],
  ] as const)('of an agent %s', (_name, state, activity, stale) => {
    expect(isStale(anEntry({ state }), activity)).toBe(stale);
  });
});
